import type * as pulumi from "@pulumi/pulumi";
import { type Config, merge } from "../../ignition/index.ts";
import { ArgumentError } from "../internal/argument-check.ts";
import type { NodeAgentContext, Firewall, Machine, NodeAgent, RegisteredMachine } from "./cloud.ts";
import { configOutput } from "./machine-config.ts";

/** Node agents of one cloud, with the machines and firewalls that they concern. */
export class NodeAgents {
  readonly #cloud: string;
  readonly #agents: NodeAgent[] = [];
  readonly #firewalls: Firewall[] = [];
  readonly #machines: Omit<RegisteredMachine, "gate">[] = [];
  readonly #gates = new Map<string, pulumi.Resource>();

  /** @param cloud Name of the cloud, for messages. */
  constructor(cloud: string) {
    this.#cloud = cloud;
  }

  /** @throws ArgumentError with the existing machines, which would not have the agent. */
  add(agent: NodeAgent): void {
    if (this.#machines.length > 0) {
      const existing = this.#machines.map(({ name }) => name).join(", ");
      throw new ArgumentError([
        `${this.#cloud}: ${agent.description} cannot be added to existing machines (${existing}); ` +
          "add it before the first machine",
      ]);
    }
    this.#agents.push(agent);
    for (const firewall of this.#firewalls) agent.open?.(firewall);
  }

  /** Machines that are complete. */
  get machines(): readonly RegisteredMachine[] {
    return this.#machines.flatMap((machine) => {
      const gate = this.#gates.get(machine.name);
      return gate === undefined ? [] : [{ ...machine, gate }];
    });
  }

  /** Registers a machine when it is complete. */
  registerMachine<M extends Machine>(machine: M): M {
    this.#gates.set(machine.machineName, machine.gate);
    return machine;
  }

  /** Registers a new firewall, and creates the rules that the agents need. */
  registerFirewall<F extends Firewall>(firewall: F): F {
    this.#firewalls.push(firewall);
    for (const agent of this.#agents) agent.open?.(firewall);
    return firewall;
  }

  /** Merges the configs of the agents and of a new machine. The config of the machine has precedence. */
  config(own: pulumi.Input<Config>, machine: NodeAgentContext, firewall: Firewall): pulumi.Output<Config> {
    this.#machines.push({ ...machine, firewall, agents: [...this.#agents] });
    const all = [...this.#agents.map((agent) => agent.config(machine)), own].map(configOutput);
    return all.reduce((sum, next) => sum.apply((before) => next.apply((config) => merge(before, config))));
  }
}
