import type * as pulumi from "@pulumi/pulumi";
import { type Config, merge } from "../../ignition/index.ts";
import { ArgumentError } from "../internal/argument-check.ts";
import type { NodeAgentContext, Firewall, Machine, NodeAgent, RegisteredMachine } from "./cloud.ts";
import { configOutput } from "./machine-config.ts";

/** What runs on all machines of one cloud beside their roles, and which firewalls it has to get through. */
export class NodeAgents {
  readonly #cloud: string;
  readonly #agents: NodeAgent[] = [];
  readonly #firewalls: Firewall[] = [];
  readonly #machines: Omit<RegisteredMachine, "gate">[] = [];
  readonly #gates = new Map<string, pulumi.Resource>();

  /** @param cloud Name of the cloud, the first word of a refusal. */
  constructor(cloud: string) {
    this.#cloud = cloud;
  }

  /** @throws ArgumentError naming the machines that would be left without it. */
  add(agent: NodeAgent): void {
    if (this.#machines.length > 0) {
      throw new ArgumentError([
        `${this.#cloud}: ${agent.description} cannot be added to machines that are there already (${this.#machines.map(({ name }) => name).join(", ")}); add it before the first one`,
      ]);
    }
    this.#agents.push(agent);
    this.#firewalls.forEach((firewall) => agent.open?.(firewall));
  }

  /** The machines that were made so far. */
  get machines(): readonly RegisteredMachine[] {
    return this.#machines.flatMap((machine) => {
      const gate = this.#gates.get(machine.name);
      return gate === undefined ? [] : [{ ...machine, gate }];
    });
  }

  /** Notes that a machine is complete. */
  made<Made extends Machine>(machine: Made): Made {
    this.#gates.set(machine.machineName, machine.gate);
    return machine;
  }

  /** Notes a new firewall, and opens what the agents of its machines need. */
  opened<Made extends Firewall>(firewall: Made): Made {
    this.#firewalls.push(firewall);
    this.#agents.forEach((agent) => agent.open?.(firewall));
    return firewall;
  }

  /** A new machine's own config with the agents'; where both say something, its own wins. */
  config(own: pulumi.Input<Config>, machine: NodeAgentContext, firewall: Firewall): pulumi.Output<Config> {
    this.#machines.push({ ...machine, firewall, agents: [...this.#agents] });
    const all = [...this.#agents.map((agent) => agent.config(machine)), own].map(configOutput);
    return all.reduce((sum, next) => sum.apply((before) => next.apply((config) => merge(before, config))));
  }
}
