import * as pulumi from "@pulumi/pulumi";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { AwsAccount } from "../cloud/aws/account.ts";
import { machineRole } from "../cloud/aws/ignition-delivery.ts";
import { type AllowStatement, allowDocument, AwsPermission, type MachineIdentity } from "../cloud/aws/permission.ts";
import * as iam from "../cloud/aws/sdk/iam.ts";
import { tagging, type TagsOf } from "../cloud/aws/tags.ts";
import { type AccessKeys, programUser } from "../cloud/aws/user.ts";
import type { Firewall, MachineAccess } from "../cloud/cloud.ts";
import { registryAliases, registryTypes, type RegistryFacts } from "../cloud/facts.ts";
import { checkRepository, type Registry } from "../internal/registry.ts";
import { checkEcrRegistry, type EcrRegistryArgs } from "./args.ts";
import { lifecycleDefaults } from "./settings-schema.ts";
import { ecrLogin } from "./credential-helper.ts";
import { lifecyclePolicy, loginAction, pullActions, pushActions, repositoryPolicy } from "./policies.ts";
import * as ecr from "./sdk.ts";

export type { EcrCiArgs, EcrRegistryArgs } from "./args.ts";
export { RemoteEcrRegistry, type RemoteEcrRegistryArgs } from "./remote.ts";

/** Elastic Container Registry in the account that runs images. Another account can build and push them. */
export class EcrRegistry extends pulumi.ComponentResource implements Registry {
  readonly address: pulumi.Output<string>;
  readonly repositories: readonly string[];
  readonly ready: pulumi.Resource[];
  /** ARNs of the roles that push, by name of the machine. */
  readonly pushRoles: Readonly<Record<string, pulumi.Output<string>>>;
  /** Keys of the users for `pullers`, by name; the secret keys are secrets. */
  readonly pullerKeys: Readonly<Record<string, AccessKeys>>;

  readonly #name: string;
  readonly #args: EcrRegistryArgs;
  readonly #made: Record<string, ecr.Repository>;
  readonly #identities: Record<string, MachineIdentity>;
  readonly #login: RegistryLogin;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: EcrRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { account, repositories, ci, pullRoles = [], pullers = [], organizationId, architecture = "x86_64" } = args;
    checkEcrRegistry(name, args);
    const domain = account.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    const endpoint = `${account.id}.dkr.ecr.${account.region}.${domain}`;
    const facts: RegistryFacts = {
      kind: "ecr",
      repositories,
      push: ci ? ci.machines.map((machine) => `${machine} in ${ci.account.id}`) : [`machines in ${account.id}`],
      pull: [`machines in ${account.id}`, ...pullRoles, ...pullers.map((puller) => `the user of ${puller}`)],
    };
    super(registryTypes.ecr, name, facts, pulumi.mergeOptions({ aliases: registryAliases }, opts));

    const tags = tagging(args.tags);
    const protect = args.protect ?? true;
    const own = { parent: this, provider: account.provider };
    this.#name = name;
    this.#args = args;
    this.repositories = repositories;
    this.address = pulumi.output(endpoint);
    this.#login = { address: endpoint, credentials: args.credentialHelper ?? ecrLogin(architecture) };

    this.#made = Object.fromEntries(
      repositories.map((repository) => [
        repository,
        new ecr.Repository(
          `${name}-${repository}`,
          {
            name: repository,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.kmsKey }],
            forceDelete: !protect,
            tags: tags("registry", repository),
          },
          { ...own, protect, retainOnDelete: protect },
        ),
      ]),
    );
    const made = Object.entries(this.#made);

    const roles = (ci?.machines ?? []).map((machine) => [machine, this.#ciRole(machine, ci!.account, tags)] as const);
    this.#identities = Object.fromEntries(roles.map(([machine, { identity }]) => [machine, identity]));
    this.pushRoles = Object.fromEntries(roles.map(([machine, { arn }]) => [machine, arn]));

    this.pullerKeys = Object.fromEntries(pullers.map((puller) => [puller, this.pullKeys(`${name}-${puller}-user`)]));

    const lifecycle = lifecyclePolicy({ ...lifecycleDefaults, ...args.lifecycle });
    const policy = pulumi
      .all([Object.values(this.pushRoles), pullRoles])
      .apply(([push, pull]) => repositoryPolicy({ push, pull, organizationId }));
    const policies = made.flatMap(([repository, { name: repositoryName }]) => [
      new ecr.RepositoryPolicy(`${name}-${repository}`, { repository: repositoryName, policy }, own),
      new ecr.LifecyclePolicy(`${name}-${repository}`, { repository: repositoryName, policy: lifecycle }, own),
    ]);
    this.ready = [...made.map(([, repository]) => repository), ...policies, ...roles.flatMap(([, role]) => role.ready)];
    this.#scan(args.scanning ?? "basic", own);
    this.registerOutputs({ address: this.address });
  }

  url(repository: string): pulumi.Output<string> {
    checkRepository(this.#name, this.repositories, repository);
    return pulumi.interpolate`${this.address}/${this.#made[repository]!.name}`;
  }

  push(machine: string): MachineAccess {
    const { account, ci } = this.#args;
    const access = { description: `push to ${this.#name}`, login: this.#login };
    if (ci === undefined) {
      return {
        ...access,
        permission: new AwsPermission({ account, statements: this.#statements("PushTo", pushActions) }),
      };
    }
    const identity = this.#identities[machine];
    new ArgumentCheck(this.#name)
      .require(
        identity !== undefined,
        "ci.machines",
        `does not contain ${JSON.stringify(machine)}; only ${ci.machines.join(", ")} may push`,
      )
      .throwIfInvalid();
    return { ...access, permission: new AwsPermission({ account: ci.account, identity: identity! }) };
  }

  pull(): MachineAccess {
    const { account } = this.#args;
    const statements = this.#statements("PullFrom", pullActions);
    return {
      description: `pull from ${this.#name}`,
      login: this.#login,
      permission: new AwsPermission({ account, statements }),
    };
  }

  /**
   * Creates a user that may only log in and pull, for a program without a machine role. Example: a program that creates
   * the registry login of a cluster's pods.
   * @param name Name of the resources.
   */
  pullKeys(name: string): AccessKeys {
    const { account, tags } = this.#args;
    return programUser(name, this.#statements("PullFrom", pullActions), tagging(tags)("registry", name), {
      parent: this,
      provider: account.provider,
    });
  }

  /** Adds no rule: machines connect to ECR through the internet or through endpoints of the VPC. */
  allowClients(_from: Firewall): void {}

  /** Returns statements that allow the login, and actions on the repositories of this registry. */
  #statements(purpose: string, actions: readonly string[]): AllowStatement[] {
    const { account } = this.#args;
    const arn = `arn:${account.partition}:ecr:${account.region}:${account.id}:repository`;
    const sid = `${purpose}${this.#name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`;
    return [
      { sid: `LogInTo${sid}`, actions: [loginAction], resources: ["*"] },
      {
        sid,
        actions,
        resources: Object.values(this.#made).map(({ name }) => pulumi.interpolate`${arn}/${name}`),
      },
    ];
  }

  /**
   * Creates a role in the CI account for a machine. The role may log in and push to the repositories of this registry.
   */
  #ciRole(machine: string, account: AwsAccount, tags: TagsOf) {
    const own = { parent: this, provider: account.provider };
    const label = tags("ci", machine);
    const role = machineRole(`${machine}-role`, `What ${machine} may do: push images to ${this.#name}`, label, own);
    const permission = new iam.RolePolicy(
      `${machine}-push`,
      { role: role.name, policy: allowDocument(this.#statements("PushTo", pushActions)) },
      own,
    );
    const profile = new iam.InstanceProfile(`${machine}-profile`, { role: role.name, tags: label }, own);
    const identity: MachineIdentity = { machine, roleName: role.name, instanceProfile: profile.name };
    const arn = pulumi.interpolate`arn:${account.partition}:iam::${account.id}:role/${role.name}`;
    return { identity, arn, ready: [permission, profile] };
  }

  /** Sets the scan configuration of the account, for the repositories of this registry. */
  #scan(scanning: NonNullable<EcrRegistryArgs["scanning"]>, own: pulumi.CustomResourceOptions): void {
    if (scanning === "account") return;
    new ecr.RegistryScanningConfiguration(
      `${this.#name}-scanning`,
      {
        scanType: scanning === "enhanced" ? "ENHANCED" : "BASIC",
        rules: [
          {
            scanFrequency: scanning === "enhanced" ? "CONTINUOUS_SCAN" : "SCAN_ON_PUSH",
            repositoryFilters: this.repositories.map((filter) => ({ filter, filterType: "WILDCARD" })),
          },
        ],
      },
      own,
    );
  }
}
