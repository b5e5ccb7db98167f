import { directory, merge, specVersion } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import table from "./versions.json" with { type: "json" };

/** Processor architecture of the machines, as in the names of released binaries. */
export type Architecture = "amd64" | "arm64";

export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** Releases of Kubernetes in versions.json, the newest first. */
export const releases: readonly string[] = Object.keys(table.releases);

/** Written out, so that the package's types do not depend on the JSON file. */
type Name = "kubeadm" | "kubelet" | "kubectl" | "runc" | "containerd" | "cni-plugins" | "crictl" | "etcd";

interface Source {
  url: string;
  sha256: Record<string, Partial<Record<Architecture, string>>>;
}

/** Programs that consist of one file. They go to /usr/local/bin, where the SELinux policy allows programs. */
const programs = ["kubeadm", "kubelet", "kubectl", "runc"] satisfies Name[];

/** Archives that `kubernetes-prepare` unpacks. */
const archives = ["containerd", "cni-plugins", "crictl"] satisfies Name[];

/** Folder of the downloaded archives. */
const archiveFolder = "/var/lib/paasmas/archives";

/** One file of a release: its URL and its checksum. */
export interface Binary {
  name: Name;
  version: string;
  source: string;
  /** SHA-256, as stated by its publisher. */
  sha256: string;
}

/** The files of a release that a machine needs; with etcd's tools if the machine has an etcd. */
export function binaries(release: string, architecture: Architecture, withEtcd: boolean): Binary[] {
  const names: Name[] = [...programs, ...archives, ...(withEtcd ? (["etcd"] satisfies Name[]) : [])];
  return names.map((name) => binary(name, release, architecture));
}

function binary(name: Name, release: string, architecture: Architecture): Binary {
  const others: Partial<Record<Name, string>> | undefined = (
    table.releases as Record<string, Partial<Record<Name, string>>>
  )[release];
  const version = others?.[name] ?? release;
  const { url, sha256 } = table.files[name] as Source;
  const sum = sha256[version]?.[architecture];
  if (others === undefined || sum === undefined) {
    throw new RangeError(`Kubernetes ${release} is not in versions.json; use one of ${releases.join(", ")}`);
  }
  const source = url.replaceAll("{version}", version).replaceAll("{arch}", architecture);
  return { name, version, source, sha256: sum };
}

/** Lets Ignition download the files. A file with a wrong checksum stops the boot before anything runs. */
export function fetchBinaries(wanted: readonly Binary[]): Fragment {
  const files = wanted.map(({ name, source, sha256 }) => {
    const isProgram = (programs as readonly Name[]).includes(name);
    return {
      path: isProgram ? `/usr/local/bin/${name}` : `${archiveFolder}/${name}.tar.gz`,
      mode: isProgram ? 0o755 : 0o644,
      contents: { source, verification: { hash: `sha256-${sha256}` } },
    };
  });
  return { storage: { files, directories: directory({ path: archiveFolder }).storage?.directories } };
}

/**
 * Time limit for all downloads, in seconds. Without it, Ignition retries without end and the gate reports no reason.
 */
const fetchSeconds = 900;

/** Sets the time limit for downloads. */
export function withTimeLimit(config: Config): Config {
  return merge(config, { ignition: { version: specVersion, timeouts: { httpTotal: fetchSeconds } } });
}
