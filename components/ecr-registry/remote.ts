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
  /** Names of the used repositories, `["shop/api", "shop/front"]`. */
  repositories: string[];
  /** Access key of a user that may pull: one of the `pullerKeys` of the EcrRegistry. */
  accessKey: pulumi.Input<string>;
  /** Secret key of the user; a secret. */
  secretKey: pulumi.Input<string>;
  /**
   * Credential helper that machines download, for example from a mirror.
   * Default: the release of AWS, for processors of the given `architecture`.
   */
  credentialHelper?: CredentialHelper;
  /**
   * Processor architecture of the machines that pull: `x86_64` or `aarch64`.
   * Default: `x86_64`.
   */
  architecture?: HelperArchitecture;
}

/**
 * {@link EcrRegistry} of another stack, for machines outside of AWS. They run the same images as the account of the
 * registry. Machines pull with a user that the EcrRegistry creates for them; they cannot push.
 */
export class RemoteEcrRegistry extends pulumi.ComponentResource implements Registry {
  readonly address: pulumi.Output<string>;
  readonly repositories: readonly string[];
  readonly ready: pulumi.Resource[] = [];

  readonly #name: string;
  readonly #login: pulumi.Output<RegistryLogin>;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: RemoteEcrRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, repositories, accessKey, secretKey, architecture = "x86_64" } = args;
    const check = new ArgumentCheck(name, args)
      .require(
        typeof host === "string" && ecrHostPattern.test(host),
        "host",
        `${JSON.stringify(host)} is not the host of an ECR; use ${ecrHostRule}`,
      )
      .require(accessKey !== undefined, "accessKey", "is missing; give the access key of a user that may pull")
      .require(secretKey !== undefined, "secretKey", "is missing; give the secret key of the user");
    checkRepositories(repositories, check);
    check.throwIfInvalid();
    const facts: RegistryFacts = {
      kind: "ecr",
      repositories,
      push: ["no machine of this stack"],
      pull: ["machines of this stack that have its keys"],
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

  /** @throws ArgumentError always: the users for other environments may only pull. */
  push(machine: string): MachineAccess {
    throw new ArgumentError([
      `${this.#name}: ${machine} cannot push, because this stack may only pull; push from the account for builds`,
    ]);
  }

  pull(): MachineAccess {
    return { description: `pull from ${this.#name}`, login: this.#login };
  }

  /** Adds no rule: machines connect to ECR through the internet. */
  allowClients(_from: Firewall): void {}
}

/** Checks a key: a line break would corrupt the credentials file. The message does not show the key. */
function checkKey(name: string, key: keyof typeof keyForms, given: string): void {
  const { form, rule } = keyForms[key];
  if (!form.test(given)) throw new ArgumentError([`${name}.${key}: the given key is not allowed; use ${rule}`]);
}
