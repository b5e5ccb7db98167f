import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "./argument-check.ts";
import type { Firewall, MachineAccess } from "../cloud/cloud.ts";

/**
 * Registry for container images. Components use this interface for all implementations: a service of the cloud
 * ({@link EcrRegistry}) or a machine ({@link MachineRegistry}).
 *
 * All implementations have the same rules: only the listed repositories exist, a tag always refers to the same image,
 * machines with pull access cannot push, and clients cannot delete images.
 */
export interface Registry extends pulumi.ComponentResource {
  /** First part of image references: the host, with the port unless it is 443. */
  readonly address: pulumi.Output<string>;
  /** Names of the repositories. */
  readonly repositories: readonly string[];
  /** Certificate of the authority of the registry (PEM). Machines with access trust it. Absent: a public authority. */
  readonly caCertificate?: pulumi.Output<string>;
  /** Resources that exist when the registry is ready. */
  readonly ready: pulumi.Resource[];
  /**
   * Returns the reference to a repository, `10.77.0.50:5000/app`, without digest or tag.
   * @throws ArgumentError with the repositories of the registry, if `repository` is not one of them.
   */
  url(repository: string): pulumi.Output<string>;
  /**
   * Allows a machine to push to and pull from all repositories. Pass the result in `access` of the machine.
   * @param machine Name of the machine.
   * @throws ArgumentError with the allowed machines, if the registry has a fixed list of them.
   */
  push(machine: string): MachineAccess;
  /** Allows a machine to pull from all repositories. Pass the result in `access` of the machine. */
  pull(): MachineAccess;
  /** Allows the machines of a firewall to connect. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void;
}

/** Pattern of names that both Distribution and ECR accept. */
const repositoryName = /^[a-z][a-z0-9]*([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/;

/** Checks a list of repositories. */
export function checkRepositories(repositories: readonly string[] | undefined, check: ArgumentCheck): void {
  if (repositories === undefined || repositories.length === 0) {
    check.require(false, "repositories", "is empty; give the names of the repositories for images");
    return;
  }
  repositories.forEach((name, index) => {
    const path = `repositories[${index}]`;
    const fits = typeof name === "string" && repositoryName.test(name) && name.length >= 2 && name.length <= 200;
    check.require(
      fits,
      path,
      `${JSON.stringify(name)} cannot name a repository; ` +
        "use 2 to 200 lower-case letters, digits and inner . _ - /, and start with a letter",
    );
    check.require(
      repositories.indexOf(name) === index,
      path,
      `${JSON.stringify(name)} is given twice; remove one of them`,
    );
  });
}

/**
 * Checks that a registry has a repository.
 * @throws ArgumentError with the repositories of the registry, if it does not.
 */
export function checkRepository(registry: string, repositories: readonly string[], wanted: string): void {
  new ArgumentCheck(registry)
    .require(
      repositories.includes(wanted),
      "repositories",
      `has no ${JSON.stringify(wanted)}; known repositories: ${repositories.join(", ")}`,
    )
    .throwIfInvalid();
}
