import type { CredentialHelper } from "../../ignition/roles/registry-client/client.ts";

/** Processor architecture of machines, with the names of CoreOS. */
export type HelperArchitecture = "x86_64" | "aarch64";

const version = "0.12.0";

/** Checksums of the released binaries, the same in two independent package collections. */
const builds: Record<HelperArchitecture, { name: string; sha256: string }> = {
  x86_64: { name: "linux-amd64", sha256: "a22ab6d59dbac777b8fb31984709461da00a4c778b6ae14c8d3729e8d5ded1a6" },
  aarch64: { name: "linux-arm64", sha256: "5bdd30fb6c7a92462f5b454cce1aa906ca7926a6c2e39efad9613a7bf7661fac" },
};

/**
 * Returns the credential helper of AWS for ECR. It gets login tokens with the role of the machine or with the given
 * keys.
 * Ignition downloads the released binary and verifies its checksum.
 */
export function ecrLogin(architecture: HelperArchitecture): CredentialHelper {
  const { name, sha256 } = builds[architecture];
  const releases = "https://amazon-ecr-credential-helper-releases.s3.us-east-2.amazonaws.com";
  return {
    helper: "ecr-login",
    source: `${releases}/${version}/${name}/docker-credential-ecr-login`,
    hash: `sha256-${sha256}`,
  };
}
