import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { type Cloud, hostSettings } from "paasmas";
import { sessions, sessionsPort } from "./role.ts";

export interface SessionCacheArgs {
  /** Cloud of the machine. */
  cloud: Cloud;
  /**
   * Container image of Valkey.
   * Default: `docker.io/valkey/valkey:8.1`.
   */
  image?: string;
}

/** A machine with a role of this project. It runs on every cloud of the library. */
export class SessionCache extends pulumi.ComponentResource {
  readonly address: string;
  /** Password of the clients; a secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: SessionCacheArgs, opts?: pulumi.ComponentResourceOptions) {
    super("shop:index:SessionCache", name, {}, opts);
    const { cloud, image = "docker.io/valkey/valkey:8.1" } = args;
    this.password = new RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this }).result;

    const firewall = cloud.firewall(name, { description: "session cache" }, { parent: this });
    cloud.allow(`${name}-clients`, { to: firewall, from: cloud.cidr, ports: [sessionsPort] }, { parent: this });
    const machine = cloud.machine(
      `${name}-0`,
      {
        role: "sessions",
        hostNumber: 50,
        firewall,
        config: (context) =>
          pulumi
            .all([hostSettings(`${name}-0`, context), this.password])
            .apply(([host, password]) => sessions({ host, image, password })),
      },
      { parent: this },
    );
    this.address = machine.address;
    this.registerOutputs({ address: this.address });
  }
}
