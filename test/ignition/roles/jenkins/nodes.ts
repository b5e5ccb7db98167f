import { pinnedPlugins } from "../../../../ignition/roles/jenkins/plugins.ts";
import type { JenkinsNode } from "../../../../ignition/roles/jenkins/role.ts";
import type { JenkinsSettings } from "../../../../ignition/roles/jenkins/settings.ts";
import type { JenkinsAgentNode } from "../../../../ignition/roles/jenkins-agent/role.ts";
import { sshKey } from "../nodes.ts";

/** All secrets of the example nodes, to find leaks. */
export const jenkinsNodeSecrets = {
  "admin-password": "hush-admin-secret",
  "seed-password": "hush-seed-secret",
  "github-app-key": "-----BEGIN PRIVATE KEY-----\napp-secret\n-----END PRIVATE KEY-----\n",
  "github-webhook-secret": "hush-webhook-secret",
  "agent-ssh-key": "-----BEGIN EC PRIVATE KEY-----\nagent-secret\n-----END EC PRIVATE KEY-----\n",
  "credential-deploy-hook": "hush-deploy-secret",
  "metrics-key": "hush-metrics-secret",
  "mail-password": "hush-mail-secret",
};
export const otherSecrets = {
  proxyKey: "-----BEGIN PRIVATE KEY-----\nproxy-secret\n-----END PRIVATE KEY-----\n",
  backupPassword: "backup-secret",
  bucketKey: "bucket-secret",
  reportUrl: "https://swift.example/v1/ready?temp_url_sig=report-secret",
  hostKey: "-----BEGIN EC PRIVATE KEY-----\nhost-secret\n-----END EC PRIVATE KEY-----\n",
};

export function jenkinsSettings(more: Partial<JenkinsSettings> = {}): JenkinsSettings {
  return {
    url: "https://jenkins.ci.example.com/",
    adminAddress: "ops@example.com",
    realm: { kind: "local", admin: "admin" },
    github: { organization: "example", appId: "4711", forkTrust: "nobody" },
    library: { repository: "platform", ref: "main", path: "delivery/jenkins" },
    seed: { repository: "ci-jobs", ref: "main", path: "jobs/*.groovy" },
    pipelines: [
      {
        name: "sweep",
        script: { repository: "platform", ref: "main", path: "delivery/jenkins/sweep.jenkinsfile" },
        cron: "H * * * *",
        repositories: ["shop"],
      },
    ],
    agents: [{ name: "jenkins-agent-0", address: "10.0.0.52", hostKey: "ecdsa-sha2-nistp256 AAAA", executors: 2 }],
    mail: { host: "smtp.example.com", port: 465, user: "jenkins" },
    credentials: ["deploy-hook"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Groovy resolves it
    jobs: ["folder('by-hand') {\n  description(\"for ${JOB_NAME}\")\n}\n"],
    ...more,
  };
}

export function jenkinsNode(more: Partial<JenkinsNode> = {}): JenkinsNode {
  return {
    host: {
      name: "jenkins",
      address: "10.0.0.51",
      sshAuthorizedKeys: [sshKey],
      dataVolume: { path: "/var/lib/paasmas/jenkins" },
      readyReportUrl: otherSecrets.reportUrl,
    },
    image: "registry.example/jenkins:2.568.2",
    settings: jenkinsSettings(),
    secrets: jenkinsNodeSecrets,
    plugins: pinnedPlugins,
    configuration: ["unclassified:\n  slackNotifier:\n    teamDomain: example\n"],
    heapMiB: 1024,
    proxy: {
      image: "registry.example/nginx:1",
      domain: "ci.example.com",
      tls: {
        ca: "-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n",
        certificate: "-----BEGIN CERTIFICATE-----\nproxy\n-----END CERTIFICATE-----\n",
        privateKey: otherSecrets.proxyKey,
      },
      services: { wiki: "10.0.0.70:8080" },
    },
    backup: {
      image: "registry.example/restic:0.18",
      bucket: {
        endpoint: "https://s3.example",
        name: "saved",
        region: "eu-central-1",
        keys: { accessKey: "key", secretKey: otherSecrets.bucketKey },
      },
      password: otherSecrets.backupPassword,
      schedule: "*-*-* 03:17:00",
    },
    ...more,
  };
}

export function jenkinsAgentNode(more: Partial<JenkinsAgentNode> = {}): JenkinsAgentNode {
  return {
    host: {
      name: "jenkins-agent-0",
      address: "10.0.0.52",
      sshAuthorizedKeys: [sshKey],
      dataVolume: { path: "/var/lib/paasmas/agent" },
    },
    image: "registry.example/jenkins:2.568.2",
    authorizedKey: "ecdsa-sha2-nistp256 BBBB jenkins",
    hostKey: otherSecrets.hostKey,
    tools: { k6: { image: "registry.example/k6:1", path: "/usr/bin/k6" } },
    ...more,
  };
}
