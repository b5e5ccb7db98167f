import * as pulumi from "@pulumi/pulumi";
import type { CredentialHelper, RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck, ArgumentError } from "../internal/argument-check.ts";
import type { Firewall, MachineAccess } from "../cloud/cloud.ts";
import { registryAliases, registryTypes, type RegistryFacts } from "../cloud/facts.ts";
import { checkRepositories, checkRepository, type Registry } from "../internal/registry.ts";
import { ecrLogin, type HelperArchitecture } from "./credential-helper.ts";
import { ecrHostPattern, ecrHostRule, keyForms } from "./keys.ts";

export interface RemoteEcrRegistryArgs {
  /** Host of the registry, `123456789012.dkr.ecr.eu-central-1.amazonaws.com`: the `address` of the EcrRegistry. */
  host: string;
  /** Names of its repositories that are pulled from, `["shop/api", "shop/front"]`. */
  repositories: string[];
  /** Access key of a user who may pull from them: one of the EcrRegistry's `pullerKeys`. */
  accessKey: pulumi.Input<string>;
  /** The user's secret key; a secret. */
  secretKey: pulumi.Input<string>;
  /**
   * The credential helper that machines download, a mirror of one's own for example.
   * Default: Amazon's release, for processors of the given `architecture`.
   */
  credentialHelper?: CredentialHelper;
  /**
   * Processors of the machines that pull: `x86_64` or `aarch64`.
   * Default: `x86_64`.
   */
  architecture?: HelperArchitecture;
}

/**
 * The {@link EcrRegistry} of another stack, for machines outside of AWS: what runs there is then the very image that runs in
 * the registry's own account. They pull as a user made for them; nobody pushes from here.
 */
export class RemoteEcrRegistry extends pulumi.ComponentResource implements Registry {
  readonly address: pulumi.Output<string>;
  readonly repositories: readonly string[];
  readonly ready: pulumi.Resource[] = [];

  readonly #name: string;
  readonly #login: pulumi.Output<RegistryLogin>;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: RemoteEcrRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, repositories, accessKey, secretKey, architecture = "x86_64" } = args;
    const check = new ArgumentCheck(name, args)
      .require(
        typeof host === "string" && ecrHostPattern.test(host),
        "host",
        `${JSON.stringify(host)} is not the host of an ECR; use ${ecrHostRule}`,
      )
      .require(accessKey !== undefined, "accessKey", "is missing; give the access key of a user who may pull")
      .require(secretKey !== undefined, "secretKey", "is missing; give the user's secret key");
    checkRepositories(repositories, check);
    check.throwIfInvalid();
    const facts: RegistryFacts = {
      kind: "ecr",
      repositories,
      push: ["nobody of this stack"],
      pull: ["machines of this stack that were given its keys"],
    };
    super(registryTypes.remote, name, facts, pulumi.mergeOptions({ aliases: registryAliases }, opts));

    this.#name = name;
    this.repositories = repositories;
    this.address = pulumi.output(host);
    const helper = args.credentialHelper ?? ecrLogin(architecture);
    this.#login = pulumi.all([accessKey, pulumi.secret(secretKey)]).apply(([access, secret]): RegistryLogin => {
      checkKey(name, "accessKey", access);
      checkKey(name, "secretKey", secret);
      return { address: host, credentials: { ...helper, keys: { accessKey: access, secretKey: secret } } };
    });
    this.registerOutputs({ address: this.address });
  }

  url(repository: string): pulumi.Output<string> {
    checkRepository(this.#name, this.repositories, repository);
    return pulumi.interpolate`${this.address}/${repository}`;
  }

  /** @throws ArgumentError always: the users of other plannedMachines only pull. */
  push(machine: string): MachineAccess {
    throw new ArgumentError([
      `${this.#name}: is only pulled from, and ${machine} is to push; let the account that builds push to it`,
    ]);
  }

  pull(): MachineAccess {
    return { description: `pull from ${this.#name}`, login: this.#login };
  }

  /** Nothing has to be opened: machines reach ECR as they reach the internet. */
  allowClients(_from: Firewall): void {}
}

/** The keys go into a file of lines; neither is shown. */
function checkKey(name: string, key: keyof typeof keyForms, given: string): void {
  const { form, rule } = keyForms[key];
  if (!form.test(given)) throw new ArgumentError([`${name}.${key}: the given key is not allowed; use ${rule}`]);
}
