import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { hostAddress } from "../../components/cloud/addresses.ts";
import type {
  Cloud,
  Firewall,
  LoadBalancer,
  Machine,
  MachineArgs,
  MachineGroup,
  ObjectStore,
} from "../../components/cloud/cloud.ts";
import { factTypes } from "../../components/cloud/facts.ts";
import { type RenderedConfig, renderConfig } from "../../components/cloud/machine-config.ts";

/**
 * A cloud without machines, to test the order of replacements. Each machine has only its gate, which opens at once. A
 * changed Ignition config replaces the gate.
 */
export class FakeCloud extends pulumi.ComponentResource implements Cloud {
  readonly kind = "docker";
  readonly cidr = "10.9.0.0/24";
  readonly machines = [];
  readonly #broken: readonly string[];

  /** @param broken machines that never become healthy */
  constructor(name: string, broken: readonly string[] = []) {
    super(factTypes.cloud, name);
    this.#broken = broken;
    this.registerOutputs();
  }

  address(host: number): string {
    return hostAddress(this.cidr, host);
  }

  firewall(name: string, _args: unknown, opts?: pulumi.ComponentResourceOptions): Firewall {
    return Object.assign(new pulumi.ComponentResource(factTypes.firewall, name, {}, opts), { firewallName: name });
  }

  group(name: string, opts?: pulumi.ComponentResourceOptions): MachineGroup {
    return new pulumi.ComponentResource(factTypes.machineGroup, name, {}, opts);
  }

  machine(name: string, args: MachineArgs, opts?: pulumi.ComponentResourceOptions): Machine {
    const address = this.address(args.hostNumber);
    const machine = new pulumi.ComponentResource(factTypes.machine, name, {}, opts);
    const config = renderConfig(name, args.config({ address, sshAuthorizedKeys: [] }));
    const gate = new command.local.Command(
      `${name}-ready`,
      { ...this.gateOf(name, config), triggers: [config.sha512] },
      { parent: machine, dependsOn: opts?.dependsOn, deleteBeforeReplace: true },
    );
    return Object.assign(machine, { machineName: name, address, gate });
  }

  loadBalancer(name: string, args: { hostNumber: number }, opts?: pulumi.ComponentResourceOptions): LoadBalancer {
    const balancer = new pulumi.ComponentResource(factTypes.loadBalancer, name, {}, opts);
    const address = pulumi.output(this.loadBalancerAddress(args.hostNumber));
    return Object.assign(balancer, { address, outside: () => undefined, allowFrom: [], allowClients() {} });
  }

  objectStore(): ObjectStore {
    throw new Error("is not needed here");
  }

  allow(): void {}

  addNodeAgent(): void {}

  /** The command of a machine's gate. */
  protected gateOf(name: string, _config: RenderedConfig): command.local.CommandArgs {
    return { create: this.#broken.includes(name) ? "false" : "true" };
  }

  /** Address of a load balancer. */
  protected loadBalancerAddress(host: number): string {
    return this.address(host);
  }
}
