import { createHash } from "node:crypto";
import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import type { Bucket, HostSettings, Port, TlsIdentity } from "../role.ts";
import { wildcardProxy, wildcardProxyUser } from "../wildcard-proxy/proxy.ts";
import { jenkinsYaml } from "./casc.ts";
import type { JenkinsSettings } from "./settings.ts";

export interface JenkinsNode {
  host: HostSettings;
  /** Container image of Jenkins, by tag or digest. */
  image: string;
  /** Its configuration. */
  settings: JenkinsSettings;
  /** The secrets of the configuration, by name. */
  secrets: Readonly<Record<string, string>>;
  /** All plugins with their versions. */
  plugins: Readonly<Record<string, string>>;
  /** Further configuration: YAML documents that are merged with the generated one. */
  configuration: readonly string[];
  /** Size of Java's heap, in MiB. */
  heapMiB: number;
  /** Its proxy. */
  proxy: {
    image: string;
    domain: string;
    tls: TlsIdentity;
    /** Other services by name. The role adds Jenkins. */
    services: Readonly<Record<string, string>>;
  };
  /** Public host name for webhooks, and its certificate. Absent: no webhooks from the internet. */
  webhooks?: { name: string; tls: TlsIdentity };
  /** Backup of the home. A new volume is restored from it. Absent: no backup. */
  backup?: JenkinsBackup;
}

export interface JenkinsBackup {
  /** Container image of restic 0.17 or later, by tag or digest. */
  image: string;
  bucket: Bucket;
  /** Encryption password of the backups; secret. */
  password: string;
  /** Schedule, in the format of systemd's `OnCalendar`. */
  schedule: string;
}

/** Host name of Jenkins in its domain. */
export const jenkinsName = "jenkins";

/** TLS port of the proxy for webhooks from the internet. It serves nothing else. */
export const webhookPort = { port: 8444, description: "webhooks from the internet" } satisfies Port;

/** Only the proxy can reach Jenkins. */
const jenkinsAddress = "127.0.0.1:8080";

/** User id of Jenkins. Not the image's 1000: on the machine that is `core`, which can become root. */
const uid = 1500;

const folder = "/etc/paasmas/jenkins";
const backupFolder = "/etc/paasmas/jenkins-backup";

/** Folder of the home on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/jenkins";

/** The Ignition config of a Jenkins machine. */
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
    JAVA_OPTIONS: [
      "-Djenkins.install.runSetupWizard=false",
      "-Djava.io.tmpdir=/var/jenkins_home/tmp",
      `-Xms${node.heapMiB}m`,
      `-Xmx${node.heapMiB}m`,
      "-XX:+ExitOnOutOfMemoryError",
    ].join(" "),
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
    ...(bucket.keys ? [own("credentials", credentialsFile(bucket.keys))] : []),
    script("jenkins-backup"),
    unit({ name: "restic-image.service", from: local("restic-image.service"), enabled: true }),
    unit({ name: "jenkins-backup.service", from: local("jenkins-backup.service") }),
    unit({
      name: "jenkins-backup.timer",
      text: backupTimer(schedule),
      enabled: true,
    }),
  ];
}

function credentialsFile({ accessKey, secretKey }: NonNullable<Bucket["keys"]>): string {
  return `[default]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`;
}

function backupTimer(schedule: string): string {
  return `[Unit]
Description=Save Jenkins' home

[Timer]
OnCalendar=${schedule}
RandomizedDelaySec=5m
Persistent=true

[Install]
WantedBy=timers.target
`;
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
