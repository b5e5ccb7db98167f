import type { CredentialHelper } from "../../ignition/roles/registry-client/client.ts";

/** Processors that machines may have, by the names that CoreOS gives them. */
export type HelperArchitecture = "x86_64" | "aarch64";

const version = "0.12.0";

/** Sums of the released binaries, as two independent package collections have them. */
const builds: Record<HelperArchitecture, { name: string; sha256: string }> = {
  x86_64: { name: "linux-amd64", sha256: "a22ab6d59dbac777b8fb31984709461da00a4c778b6ae14c8d3729e8d5ded1a6" },
  aarch64: { name: "linux-arm64", sha256: "5bdd30fb6c7a92462f5b454cce1aa906ca7926a6c2e39efad9613a7bf7661fac" },
};

/**
 * Amazon's credential helper for ECR: it fetches a login token with the machine's role, or with the keys it is
 * given, whenever one is needed. Ignition downloads the released binary, and refuses any other.
 */
export function ecrLogin(architecture: HelperArchitecture): CredentialHelper {
  const { name, sha256 } = builds[architecture];
  return {
    helper: "ecr-login",
    source: `https://amazon-ecr-credential-helper-releases.s3.us-east-2.amazonaws.com/${version}/${name}/docker-credential-ecr-login`,
    hash: `sha256-${sha256}`,
  };
}
