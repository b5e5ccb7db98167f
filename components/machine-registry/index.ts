import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { registry, registryPorts, registryUsers } from "../../ignition/roles/registry/role.ts";
import { resolvedBucket } from "../internal/bucket.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine, MachineAccess } from "../cloud/cloud.ts";
import { registryAliases, registryTypes, type RegistryFacts } from "../cloud/facts.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import { checkRepository, type Registry } from "../internal/registry.ts";
import type { MachineRegistryArgs } from "./args.ts";
import { registrySettings } from "./settings.ts";

const dataPath = "/var/lib/paasmas/registry";

/** Length of the random passwords. The machine stores their hashes; a long password protects the hash. */
const passwordLength = 40;

/** Image registry on a separate machine: CNCF Distribution, behind an HAProxy that checks the rights of users. */
export class MachineRegistry extends pulumi.ComponentResource implements Registry {
  readonly address: pulumi.Output<string>;
  readonly repositories: readonly string[];
  readonly caCertificate: pulumi.Output<string>;
  /** Machine of the registry. */
  readonly machine: Machine;
  /** Firewall of the machine. Only machines of {@link allowClients} can connect. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #cloud: Cloud;
  readonly #logins: Record<keyof typeof registryUsers, pulumi.Output<RegistryLogin>>;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: MachineRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, repositories, dnsName, bucket } = args;
    const { hostNumber, volumeGiB, image, proxyImage, snippets } = registrySettings(name, args);
    const address = cloud.address(hostNumber);
    const facts: RegistryFacts = {
      kind: "machine",
      repositories,
      push: [registryUsers.push],
      pull: [registryUsers.pull],
      images: [image, proxyImage],
      machine: name,
    };
    super(registryTypes.machine, name, facts, pulumi.mergeOptions({ aliases: registryAliases }, opts));

    this.#name = name;
    this.#cloud = cloud;
    this.repositories = repositories;
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    this.firewall = cloud.firewall(name, { description: "image registry" }, { parent: this });
    const tls = ca.issue(
      name,
      { usage: "server", addresses: [address], dnsNames: dnsName === undefined ? [] : [dnsName] },
      { parent: this },
    );
    const password = (user: keyof typeof registryUsers) =>
      new random.RandomPassword(
        `${name}-${user}-password`,
        { length: passwordLength, special: false },
        { parent: this },
      ).result;
    const passwords = { push: password("push"), pull: password("pull") };

    this.machine = cloud.machine(
      name,
      {
        role: "registry",
        hostNumber,
        size: args.machineSize,
        firewall: this.firewall,
        dataVolume: { path: dataPath, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(name, delivery, { path: dataPath }),
              tls,
              passwords.push,
              passwords.pull,
              bucket && resolvedBucket(bucket),
            ])
            .apply(([settings, identity, push, pull, kept]) =>
              withSnippets(
                registry({
                  host: settings,
                  image,
                  proxyImage,
                  repositories,
                  passwords: { push, pull },
                  tls: identity,
                  ...(kept && { bucket: kept }),
                }),
                snippets,
              ),
            ),
      },
      machineOptions(this, opts, []),
    );
    const endpoint = `${dnsName ?? address}:${registryPorts.registry.port}`;
    this.address = pulumi.output(endpoint);
    this.#logins = {
      push: registryLogin(endpoint, this.caCertificate, "push", passwords.push),
      pull: registryLogin(endpoint, this.caCertificate, "pull", passwords.pull),
    };

    this.registerOutputs({ address: this.address });
  }

  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  url(repository: string): pulumi.Output<string> {
    checkRepository(this.#name, this.repositories, repository);
    return pulumi.interpolate`${this.address}/${repository}`;
  }

  push(_machine: string): MachineAccess {
    return { description: `push to ${this.#name}`, login: this.#logins.push };
  }

  pull(): MachineAccess {
    return { description: `pull from ${this.#name}`, login: this.#logins.pull };
  }

  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.#cloud.allow(
      `${from.firewallName}-to-${this.#name}`,
      { to: this.firewall, from, ports: [registryPorts.registry] },
      { parent: this, ...opts },
    );
  }
}

function registryLogin(
  address: string,
  ca: pulumi.Output<string>,
  user: keyof typeof registryUsers,
  password: pulumi.Output<string>,
): pulumi.Output<RegistryLogin> {
  return pulumi.all([ca, password]).apply(
    ([certificate, secret]): RegistryLogin => ({
      address,
      ca: certificate,
      credentials: { user: registryUsers[user], password: secret },
    }),
  );
}
