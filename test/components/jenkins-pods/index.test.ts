import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { CertificateAuthority } from "../../../components/certificate-authority/index.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { JenkinsHost } from "../../../components/jenkins-host/index.ts";
import { JenkinsPods, type JenkinsPodsArgs } from "../../../components/jenkins-pods/index.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { kubernetesPlugins, pinnedPlugins } from "../../../ignition/roles/jenkins/plugins.ts";
import { policies } from "../../../policies/all.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { type Planned, plan, planProgram } from "../planned.ts";

const github = {
  organization: "example",
  appId: "1",
  privateKey: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
};

const pods = (args: Partial<JenkinsPodsArgs> = {}) =>
  plan((cloud) => void new JenkinsPods("pods", { cluster: cluster(cloud), ...args }));
const jenkins = (more: { pods?: number; image?: string; namespace?: string } = {}) =>
  plan((cloud) => {
    const ca = new CertificateAuthority("jenkins-ca");
    const made = new JenkinsPods("pods", { cluster: cluster(cloud), ca });
    new JenkinsHost("jenkins", {
      cloud,
      domain: "ci.example.com",
      github,
      ca,
      kubernetes: { ...made.connection, ...more },
    });
  });

function cluster(cloud: Cloud): KubernetesCluster {
  return new KubernetesCluster("kube", { cloud, controlPlanes: 1 });
}

function casc(planned: Planned) {
  return parse(
    installedFiles(JSON.parse(planned.config("jenkins").text)).find(
      ({ path }) => path === "/etc/paasmas/jenkins/casc/0.yaml",
    )!.text,
  );
}

describe("JenkinsPods", () => {
  test("creates an isolated namespace for restricted pods, and an account that can only run pods there", async () => {
    const planned = await pods();
    const made = planned.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(made.map(({ inputs }) => `${inputs.kind} ${(inputs.metadata as { name: string }).name}`).sort()).toEqual([
      "LimitRange containers",
      "Namespace jenkins-agents",
      "NetworkPolicy closed",
      "NetworkPolicy open",
      "Role jenkins",
      "RoleBinding jenkins",
      "Secret jenkins-token",
      "ServiceAccount default",
      "ServiceAccount jenkins",
    ]);
    const [namespace] = made.filter(({ inputs }) => inputs.kind === "Namespace");
    expect((namespace!.inputs.metadata as { labels: object }).labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect(made.find(({ inputs }) => inputs.kind === "Role")!.inputs.rules).toEqual([
      { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "watch"] },
      { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
      { apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] },
    ]);
    expect(
      made
        .filter(({ inputs }) => inputs.kind === "ServiceAccount")
        .map(({ inputs }) => inputs.automountServiceAccountToken),
    ).toEqual([false, false]);
  });

  test("violates no policy", async () => {
    const { resources } = await jenkins();
    const broken = (await runPolicies(policies, resources)).filter(({ name, violations }) =>
      violations.some(({ level }) => name.startsWith("kubernetes-") || level === "mandatory"),
    );
    expect(broken).toEqual([]);
  });

  test("gives its pods the authority of Jenkins' certificate, if it is not a public authority", async () => {
    const planned = await jenkins();
    const { data, metadata } = planned.one("kubernetes:core/v1:ConfigMap", "pods-ca").inputs as {
      data: Record<string, string>;
      metadata: { name: string };
    };
    expect([metadata.name, data["ca.pem"]]).toEqual(["jenkins-ca", expect.stringContaining("BEGIN CERTIFICATE")]);
  });

  test.each<[Partial<JenkinsPodsArgs>, string]>([
    [{ cluster: undefined as never }, "pods.cluster: is missing; give the cluster for the pods"],
    [
      { namespace: "Agents" },
      'pods.namespace: "Agents" is not a namespace; use lower-case letters, digits and inner hyphens',
    ],
    [
      { namespace: "kube-system" },
      'pods.namespace: "kube-system" is reserved for the cluster; use a separate namespace for the pods',
    ],
  ])("rejects %j", async (args, message) => {
    await expect(pods(args)).rejects.toThrow(new ArgumentError([message]));
  });
});

describe("a Jenkins with pods", () => {
  test("has the cluster as a cloud over TLS, with a token that is only in a file", async () => {
    const planned = await jenkins();
    const { jenkins: configured, credentials } = casc(planned);
    const [{ kubernetes }] = configured.clouds;
    expect(kubernetes).toMatchObject({
      name: "kubernetes",
      serverUrl: expect.stringMatching(/^https:\/\/10\.9\.0\.\d+:6443$/),
      serverCertificate: expect.stringContaining("BEGIN CERTIFICATE"),
      skipTlsVerify: false,
      credentialsId: "kubernetes",
      namespace: "jenkins-agents",
      jenkinsUrl: "https://jenkins.ci.example.com/",
      webSocket: true,
      containerCapStr: "10",
    });
    expect(configured.slaveAgentPort).toBe(-1);
    const held = credentials.system.domainCredentials[0].credentials.filter(
      ({ string }: { string?: { id: string } }) => string?.id === "kubernetes",
    );
    expect(held).toEqual([
      {
        string: {
          scope: "SYSTEM",
          id: "kubernetes",
          description: "Runs builds as pods",
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Jenkins replaces the placeholder
          secret: "${kubernetes-token}",
        },
      },
    ]);
    const files = installedFiles(JSON.parse(planned.config("jenkins").text));
    expect(files.find(({ path }) => path === "/etc/paasmas/jenkins/secrets/kubernetes-token")).toMatchObject({
      mode: 0o400,
      uid: 1500,
    });
  });

  test("has a pod template that meets the restricted standard", async () => {
    const [{ kubernetes }] = casc(await jenkins({ pods: 3, image: "registry.example.com/agent@sha256:1" })).jenkins
      .clouds;
    const [template] = kubernetes.templates;
    expect([kubernetes.containerCapStr, template.label, template.nodeUsageMode]).toEqual(["3", "pods", "EXCLUSIVE"]);
    const { spec } = parse(template.yaml);
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "jnlp",
          image: "registry.example.com/agent@sha256:1",
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          env: [{ name: "REMOTING_OPTS", value: "-cert @/etc/paasmas/ca.pem" }],
        },
      ],
      volumes: [{ name: "jenkins-ca", configMap: { name: "jenkins-ca" } }],
    });
  });

  test("has the plugin and its dependencies only with pods", async () => {
    const pinned = (planned: Planned) =>
      installedFiles(JSON.parse(planned.config("jenkins").text)).find(({ path }) => path.endsWith("/plugins.txt"))!
        .text;
    const none = await plan((cloud) => void new JenkinsHost("jenkins", { cloud, domain: "ci.example.com", github }));
    expect(pinned(none).trim().split("\n")).toHaveLength(Object.keys(pinnedPlugins).length);
    expect(casc(none).jenkins.clouds).toBeUndefined();
    expect(Object.keys(kubernetesPlugins).filter((name) => name in pinnedPlugins)).toEqual([]);
    for (const [name, version] of Object.entries(kubernetesPlugins))
      expect(pinned(await jenkins())).toContain(`${name}:${version}\n`);
    expect(images["jenkins-inbound-agent"]).toMatch(/^docker\.io\/jenkins\/inbound-agent:\d/);
  });

  test("opens two firewall rules on AWS: from Jenkins to the API, and from the workers to Jenkins' proxy", async () => {
    const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    const firewallRules = async (withPods: boolean) => {
      const planned = await planProgram(() => {
        const cloud = new AwsCloud("cloud", { cidr: "10.20.0.0/16", zones, image: "ami-0123456789abcdef0" });
        const made = new JenkinsPods("pods", { cluster: cluster(cloud) });
        const host = new JenkinsHost("jenkins", {
          cloud,
          domain: "ci.example.com",
          github,
          allowFrom: ["10.99.0.0/16"],
          ...(withPods && { kubernetes: made.connection }),
        });
        if (withPods) made.allowJenkins(host.firewall);
      });
      return planned.firewallRules();
    };
    const without = await firewallRules(false);
    const added = (await firewallRules(true)).filter((opening) => !without.includes(opening));
    expect(added).toEqual([
      "jenkins -> kube-api: 6443",
      "kube-workers -> jenkins-front: 443",
      "kube-workers -> jenkins-front: 80",
    ]);
  });

  test("calls the API by an address in its certificate, with any name of the load balancer", async () => {
    const planned = await planProgram(() => {
      const cloud = new AwsCloud("cloud", {
        cidr: "10.20.0.0/16",
        zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
        image: "ami-0123456789abcdef0",
      });
      const kube = cluster(cloud);
      return {
        server: new JenkinsPods("pods", { cluster: kube }).connection.server,
        named: `https://${cloud.address(79)}:6443`,
      };
    });
    expect(planned.outputs.server).toBe(planned.outputs.named);
  });

  test.each([
    [{ pods: 0 }, "jenkins.kubernetes.pods: 0 is not allowed; use a whole number from 1 to 1000"],
    [
      { namespace: "No Space" },
      'jenkins.kubernetes.namespace: "No Space" is not a namespace; use lower-case letters, digits and inner hyphens',
    ],
    [{ image: "two words" }, 'jenkins.kubernetes.image: "two words" is not a container image'],
  ])("rejects %j", async (more, message) => {
    await expect(jenkins(more)).rejects.toThrow(new ArgumentError([message]));
  });
});
