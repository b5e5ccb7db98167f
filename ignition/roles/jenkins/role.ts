import { createHash } from "node:crypto";
import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/host.ts";
import type { Bucket, HostSettings, Port, TlsIdentity } from "../role.ts";
import { wildcardProxy, wildcardProxyUser } from "../wildcard-proxy/proxy.ts";
import { jenkinsYaml } from "./casc.ts";
import type { JenkinsSettings } from "./settings.ts";

export interface JenkinsNode {
  host: HostSettings;
  /** Container image of Jenkins, by tag or digest. */
  image: string;
  /** What is configured in it. */
  settings: JenkinsSettings;
  /** The secrets that the configuration refers to, by name. */
  secrets: Readonly<Record<string, string>>;
  /** Plugins and their versions, complete. */
  plugins: Readonly<Record<string, string>>;
  /** More configuration: YAML documents that are merged with the generated one. */
  configuration: readonly string[];
  /** Memory for Java's heap, MiB. */
  heapMiB: number;
  /** The proxy in front of it. */
  proxy: {
    image: string;
    domain: string;
    tls: TlsIdentity;
    /** Other services by name; Jenkins itself is added. */
    services: Readonly<Record<string, string>>;
  };
  /** The name that webhooks come in by from the internet, and its certificate. Absent: nothing does. */
  webhooks?: { name: string; tls: TlsIdentity };
  /** Where the home is saved to, and restored from. Absent: nowhere. */
  backup?: JenkinsBackup;
}

export interface JenkinsBackup {
  /** Container image of restic 0.17 or later, by tag or digest. */
  image: string;
  bucket: Bucket;
  /** What backups are encrypted with; secret. */
  password: string;
  /** When, as systemd's `OnCalendar` has it. */
  schedule: string;
}

/** The name that Jenkins is found under in its domain. */
export const jenkinsName = "jenkins";

/** Where the proxy takes webhooks from the internet, over TLS, and nothing else. */
export const webhookPort = { port: 8444, description: "webhooks from the internet" } satisfies Port;

/** Jenkins listens for its proxy alone. */
const jenkinsAddress = "127.0.0.1:8080";

/** Number of the user that Jenkins runs as. Not the image's 1000: that is `core`, who may become root. */
const uid = 1500;

const folder = "/etc/paasmas/jenkins";
const backupFolder = "/etc/paasmas/jenkins-backup";

/** Where the home is kept on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/jenkins";

/** The Ignition config of the machine of a Jenkins. */
export function jenkins(node: JenkinsNode): Config {
  const { host: settings, image, proxy, backup } = node;
  const dataPath = settings.dataVolume?.path ?? defaultDataPath;
  const plugins = pluginFile(node.plugins);
  const hostName = `${jenkinsName}.${proxy.domain}`;
  const parameters = {
    IMAGE: image,
    DATA_PATH: dataPath,
    HOST_NAME: hostName,
    PLUGINS_ID: createHash("sha256").update(`${image}\n${plugins}`).digest("hex").slice(0, 16),
    JAVA_OPTIONS: `-Djenkins.install.runSetupWizard=false -Djava.io.tmpdir=/var/jenkins_home/tmp -Xms${node.heapMiB}m -Xmx${node.heapMiB}m -XX:+ExitOnOutOfMemoryError`,
  };
  const documents = [jenkinsYaml(node.settings), ...node.configuration];
  return config(
    host(settings, { image, ready: local("ready"), service: "jenkins-home.service" }),
    ...(settings.dataVolume ? [] : [directory({ path: dataPath })]),
    directory({ path: folder }),
    directory({ path: `${folder}/casc` }),
    directory({ path: `${folder}/secrets`, mode: 0o500, user: uid }),
    envFile({ path: "/etc/paasmas/jenkins.env", values: parameters, mode: 0o644 }),
    file({ path: `${folder}/plugins.txt`, text: plugins }),
    ...documents.map((text, index) => file({ path: `${folder}/casc/${index}.yaml`, text })),
    ...Object.entries(node.secrets).map(([name, text]) =>
      file({ path: `${folder}/secrets/${name}`, text, mode: 0o400, user: uid }),
    ),
    ...["jenkins-plugins", "jenkins-home"].map(script),
    fileFromDisk({ path: `${scripts}/restic.sh`, from: local("restic.sh") }),
    ...["jenkins-plugins.service", "jenkins-home.service", "jenkins.service"].map((name) =>
      unit({ name, from: local(name), enabled: true }),
    ),
    wildcardProxy({
      ...proxy,
      services: { ...proxy.services, [jenkinsName]: jenkinsAddress },
      dataPath: `${dataPath}/proxy`,
    }),
    ...(node.webhooks ? webhookFragments(node.webhooks) : []),
    ...(backup ? backupFragments(backup, settings.name) : []),
  );
}

function webhookFragments({ name, tls }: NonNullable<JenkinsNode["webhooks"]>): Fragment[] {
  const path = "/etc/paasmas/proxy/public";
  const own = (part: string, text: string) =>
    file({ path: `${path}/${part}`, text, mode: 0o400, user: wildcardProxyUser });
  return [
    directory({ path }),
    fileFromDisk({ path: `${path}/webhooks.conf`, from: local("webhooks.conf") }),
    file({ path: `${path}/name`, text: `server_name ${name};\n` }),
    own("certificate.pem", tls.certificate),
    own("key.pem", tls.privateKey),
  ];
}

function backupFragments({ image, bucket, password, schedule }: JenkinsBackup, name: string): Fragment[] {
  const own = (path: string, text: string) => file({ path: `${backupFolder}/${path}`, text, mode: 0o400, user: uid });
  return [
    directory({ path: backupFolder }),
    envFile({
      path: "/etc/paasmas/jenkins-backup.env",
      values: {
        IMAGE: image,
        REPOSITORY: `s3:${bucket.endpoint}/${bucket.name}/jenkins`,
        REGION: bucket.region,
        BACKUP_NAME: name,
      },
      mode: 0o644,
    }),
    own("password", password),
    ...(bucket.keys
      ? [
          own(
            "credentials",
            `[default]\naws_access_key_id = ${bucket.keys.accessKey}\naws_secret_access_key = ${bucket.keys.secretKey}\n`,
          ),
        ]
      : []),
    script("jenkins-backup"),
    unit({ name: "restic-image.service", from: local("restic-image.service"), enabled: true }),
    unit({ name: "jenkins-backup.service", from: local("jenkins-backup.service") }),
    unit({
      name: "jenkins-backup.timer",
      text: `[Unit]\nDescription=Save Jenkins' home\n\n[Timer]\nOnCalendar=${schedule}\nRandomizedDelaySec=5m\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n`,
      enabled: true,
    }),
  ];
}

function pluginFile(plugins: Readonly<Record<string, string>>): string {
  return Object.entries(plugins)
    .map(([name, version]) => `${name}:${version}\n`)
    .sort()
    .join("");
}

function script(name: string): Fragment {
  return fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 });
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
