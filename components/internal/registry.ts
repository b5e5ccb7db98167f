import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "./argument-check.ts";
import type { Firewall, MachineAccess } from "../cloud/cloud.ts";

/**
 * A place for container images, shared by whoever builds them and whoever runs them. Components take one without
 * asking where it is: in the cloud's own service ({@link EcrRegistry}) or on a machine ({@link MachineRegistry}).
 *
 * Everywhere the same holds: only named repositories, a tag that has an image keeps it, one who pulls cannot push, and
 * nobody deletes.
 */
export interface Registry extends pulumi.ComponentResource {
  /** What image references begin with: host, and port where it is not 443. */
  readonly address: pulumi.Output<string>;
  /** Names of the repositories there are. */
  readonly repositories: readonly string[];
  /** Authority behind the registry's certificate (PEM); absent: a public one. Machines with access trust it already. */
  readonly caCertificate?: pulumi.Output<string>;
  /** What to wait for before using it. */
  readonly ready: pulumi.Resource[];
  /**
   * What references to a repository's images begin with, `10.77.0.50:5000/app`; a digest or a tag follows.
   * @throws ArgumentError naming the repositories there are, if this is none of them.
   */
  url(repository: string): pulumi.Output<string>;
  /**
   * Lets a machine push to and pull from all repositories: to be given to it as `access`.
   * @param machine Name of the machine.
   * @throws ArgumentError naming the machines that may, if this registry has to know them beforehand.
   */
  push(machine: string): MachineAccess;
  /** Lets a machine pull from all repositories: to be given to it as `access`. */
  pull(): MachineAccess;
  /** Lets the machines of a firewall connect. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void;
}

/** Names that both Distribution and ECR take. */
const repositoryName = /^[a-z][a-z0-9]*([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

/** Notes what is wrong with a list of repositories. */
export function checkRepositories(repositories: readonly string[] | undefined, check: ArgumentCheck): void {
  if (repositories === undefined || repositories.length === 0) {
    check.require(false, "repositories", "is empty; name the repositories that images are pushed to");
    return;
  }
  repositories.forEach((name, index) => {
    const path = `repositories[${index}]`;
    const fits = typeof name === "string" && repositoryName.test(name) && name.length >= 2 && name.length <= 200;
    check.require(
      fits,
      path,
      `${JSON.stringify(name)} cannot name a repository; use 2 to 200 lower-case letters, digits and inner . _ - /, a letter first`,
    );
    check.require(repositories.indexOf(name) === index, path, `${JSON.stringify(name)} is there twice`);
  });
}

/**
 * Refuses a repository that a registry has not got.
 * @throws ArgumentError naming the ones it has.
 */
export function checkRepository(registry: string, repositories: readonly string[], wanted: string): void {
  new ArgumentCheck(registry)
    .require(
      repositories.includes(wanted),
      "repositories",
      `there is no ${JSON.stringify(wanted)}; there is ${repositories.join(", ")}`,
    )
    .throwIfInvalid();
}
