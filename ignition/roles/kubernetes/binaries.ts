import { directory, merge, specVersion } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import table from "./versions.json" with { type: "json" };

/** Processor of the machines, in the words of those who release binaries. */
export type Architecture = "amd64" | "arm64";

export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** Releases of Kubernetes whose files are known, the newest first. */
export const releases: readonly string[] = Object.keys(table.releases);

/** Spelt out, so that the package's types need no JSON file. */
type Name = "kubeadm" | "kubelet" | "kubectl" | "runc" | "containerd" | "cni-plugins" | "crictl" | "etcd";

interface Source {
  url: string;
  sha256: Record<string, Partial<Record<Architecture, string>>>;
}

/** Programs that are a file each, and go where the machine's SELinux policy knows them. */
const programs = ["kubeadm", "kubelet", "kubectl", "runc"] satisfies Name[];

/** Archives, which `kubernetes-prepare` unpacks; it knows what is in each. */
const archives = ["containerd", "cni-plugins", "crictl"] satisfies Name[];

/** Where archives wait for being unpacked. */
export const archiveFolder = "/var/lib/paasmas/archives";

/** One file of a release: where it comes from and what it adds up to. */
export interface Binary {
  name: Name;
  version: string;
  source: string;
  /** SHA-256, as its publisher states it. */
  sha256: string;
}

/** The files of a release that a machine needs, with etcd's tools where there is an etcd. */
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
    throw new RangeError(`Kubernetes ${release} is not in versions.json; there is ${releases.join(", ")}`);
  }
  const source = url.replaceAll("{version}", version).replaceAll("{arch}", architecture);
  return { name, version, source, sha256: sum };
}

/** Has Ignition fetch them; a file that does not add up stops the machine before it has run anything of it. */
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

/** How long a machine may take to fetch them all, in seconds; Ignition would try for ever, and its gate would not say why. */
const fetchSeconds = 900;

/** Ends the fetching some time. */
export function withTimeLimit(config: Config): Config {
  return merge(config, { ignition: { version: specVersion, timeouts: { httpTotal: fetchSeconds } } });
}
