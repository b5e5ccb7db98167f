import { config, dataVolume, directory, dropin, envFile, file, fileFromDisk, unit, user } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { readyScript } from "../role.ts";
import type { HostSettings } from "../role.ts";

/** Folder of all scripts on a machine; it is writable on Fedora CoreOS and Flatcar. */
export const scripts = "/opt/paasmas/bin";

export interface HostArgs {
  /** Container image, by tag or digest; pulled before the service of the role starts. Default: none. */
  image?: string;
  /** Readiness script of the role, installed as {@link readyScript}. */
  ready: URL;
  /** Unit of the role; it waits for the data volume, if there is one. */
  service: string;
}

/** The part of every machine: name, logins, readiness, metadata guard, data volume, image. */
export function host(settings: HostSettings, { image, ready, service }: HostArgs): Fragment {
  const { storage, systemd, passwd } = config(
    file({ path: "/etc/hostname", text: `${settings.name}\n`, overwrite: true }),
    user({ name: "core", sshAuthorizedKeys: settings.sshAuthorizedKeys }),
    directory({ path: "/etc/paasmas" }),

    fileFromDisk({ path: readyScript, from: ready, mode: 0o755 }),
    script("respond"),
    script("diagnose"),
    unit({ name: "ready.socket", from: local("ready.socket"), enabled: true }),
    unit({ name: "ready@.service", from: local("ready@.service") }),
    ...readyReport(settings),

    fileFromDisk({ path: "/etc/paasmas/metadata-guard.nft", from: local("metadata-guard.nft") }),
    unit({ name: "metadata-guard.service", from: local("metadata-guard.service"), enabled: true }),

    ...pulled(image),
    ...volume(settings, service),
    ...noAutomaticUpdates(),
  );
  return { storage, systemd, passwd };
}

function readyReport({ readyReportUrl }: HostSettings): Fragment[] {
  if (readyReportUrl === undefined) return [];
  return [
    script("ready-report"),
    envFile({ path: "/etc/paasmas/ready-report.env", values: { READY_REPORT_URL: readyReportUrl } }),
    unit({ name: "ready-report.service", from: local("ready-report.service"), enabled: true }),
  ];
}

function pulled(image?: string): Fragment[] {
  if (image === undefined) return [];
  return [
    imagePuller(),
    envFile({ path: "/etc/paasmas/image.env", values: { IMAGE: image }, mode: 0o644 }),
    unit({ name: "image.service", from: local("image.service"), enabled: true }),
  ];
}

/**
 * An additional container image: `image@<service>.service` pulls it. The service that runs it requires that unit and
 * reads `/etc/paasmas/<service>-image.env`.
 */
export function serviceImage(service: string, image: string): Fragment {
  const { storage, systemd } = config(
    envFile({ path: `/etc/paasmas/${service}-image.env`, values: { IMAGE: image }, mode: 0o644 }),
    unit({ name: `image@${service}.service`, from: local("image@.service") }),
  );
  return { storage, systemd };
}

/** The script that pulls images; {@link host} installs it with the image of the role. */
export function imagePuller(): Fragment {
  return script("pull-image");
}

function volume({ dataVolume: data }: HostSettings, service: string): Fragment[] {
  if (data === undefined) return [];
  return [
    dataVolume(data),
    script("data-volume"),
    unit({ name: "data-volume.service", from: local("data-volume.service"), enabled: true }),
    dropin({
      unit: service,
      name: "data-volume.conf",
      text: "[Unit]\nRequires=data-volume.service\nAfter=data-volume.service\n",
    }),
  ];
}

/** Disables automatic updates, which reboot the machine: zincati of CoreOS, the others of Flatcar. */
function noAutomaticUpdates(): Fragment[] {
  return [
    fileFromDisk({ path: "/etc/zincati/config.d/90-paasmas.toml", from: local("zincati.toml") }),
    unit({ name: "locksmithd.service", mask: true }),
    unit({ name: "update-engine.service", mask: true }),
  ];
}

function script(name: string): Fragment {
  return fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 });
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
