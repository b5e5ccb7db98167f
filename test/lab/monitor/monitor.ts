import { type Answer, PlanMonitor } from "../../../cli/plan/monitor.ts";
import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { localCommand } from "./command.ts";
import * as docker from "./docker.ts";
import { changeOf, type Provider, Unfinished } from "./provider.ts";
import * as random from "./random.ts";
import type { Resource, State } from "./state.ts";
import * as tls from "./tls.ts";

/** All resource types that the lab can create. It rejects other types by name. */
export const providers: Readonly<Record<string, Provider>> = {
  "docker:index/network:Network": docker.network,
  "docker:index/volume:Volume": docker.volume,
  "docker:index/remoteImage:RemoteImage": docker.remoteImage,
  "docker:index/container:Container": docker.container,
  "random:index/randomPassword:RandomPassword": random.password,
  "random:index/randomBytes:RandomBytes": random.bytes,
  "random:index/randomId:RandomId": random.id,
  "random:index/randomUuid:RandomUuid": random.uuid,
  "tls:index/privateKey:PrivateKey": tls.privateKey,
  "tls:index/certRequest:CertRequest": tls.certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": tls.selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": tls.locallySignedCert,
  "command:local:Command": localCommand,
};

export interface Step {
  action: "create" | "update" | "replace" | "delete";
  name: string;
  type: string;
  /** Inputs that caused the update or the replacement. */
  properties: string[];
  seconds: number;
}

/**
 * Creates the resources that a Pulumi program registers, as the engine does with its providers: it creates new
 * resources, updates or replaces changed ones in place, and keeps unchanged ones. The SDK registers a resource only
 * after its dependencies, so the order of the program is the order of work. A replacement deletes first, because names
 * and addresses are fixed.
 */
export class LabMonitor extends PlanMonitor {
  readonly #state: State;
  readonly #onStep: (step: Step) => void;
  readonly #kept = new Set<string>();

  constructor(state: State, onStep: (step: Step) => void = () => {}) {
    super();
    this.#state = state;
    this.#onStep = onStep;
  }

  protected override async provide(planned: PlannedResource): Promise<Answer> {
    const { type, name, urn, inputs } = planned;
    // A provider resource only carries settings for resources of its kind.
    if (type.startsWith("pulumi:providers:")) return { id: name, outputs: {} };
    const provider = providers[type];
    if (!provider) throw new Error(`the lab cannot make ${type} (${name})`);
    this.#kept.add(urn);

    const existing = this.#state.get(urn);
    if (!existing) return this.#create(provider, planned, "create", []);
    const before = { ...existing.inputs };
    const now = { ...inputs };
    for (const ignored of planned.ignoreChanges) now[ignored] = before[ignored];
    const change = changeOf(provider, before, now, planned.replaceOnChanges);
    switch (change.kind) {
      case "none":
        return existing;
      case "update": {
        const outputs = await this.#timed("update", planned, change.properties, async () =>
          provider.update ? provider.update(existing, now, before) : existing.outputs,
        );
        return this.#remember({ ...existing, inputs: now, outputs });
      }
      case "replace":
        return this.#replace(provider, planned, existing, change.properties);
    }
  }

  // The SDK exports no type for the protobuf message of the request.
  override async invoke(
    req: { getTok(): string },
    callback: (error: unknown, response?: unknown) => void,
  ): Promise<void> {
    callback(new Error(`the lab cannot call ${req.getTok()}`));
  }

  /** Removes resources of earlier runs that this program did not register, the last created first. */
  async removeUnregistered(): Promise<void> {
    await remove(this.#state, (resource) => !this.#kept.has(resource.urn), this.#onStep);
  }

  async #replace(
    provider: Provider,
    planned: PlannedResource,
    existing: Resource,
    properties: string[],
  ): Promise<Answer> {
    if (planned.protect)
      throw new Error(`${planned.name} is protected and would have to be replaced (${properties.join(", ")} changed)`);
    return this.#timed("replace", planned, properties, async () => {
      await provider.delete(existing, existing.inputs);
      this.#state.remove(planned.urn);
      return this.#make(provider, planned);
    });
  }

  #create(provider: Provider, planned: PlannedResource, action: Step["action"], properties: string[]): Promise<Answer> {
    return this.#timed(action, planned, properties, () => this.#make(provider, planned));
  }

  async #make(provider: Provider, { urn, type, name, inputs }: PlannedResource): Promise<Answer> {
    const resource = { urn, type, name, inputs };
    try {
      return this.#remember({ ...resource, ...(await provider.create(name, inputs)) });
    } catch (error) {
      if (error instanceof Unfinished) this.#remember({ ...resource, ...error.made });
      throw error;
    }
  }

  #remember(resource: Resource): Answer {
    this.#state.put(resource);
    return resource;
  }

  async #timed<T>(
    action: Step["action"],
    { name, type }: PlannedResource,
    properties: string[],
    work: () => Promise<T>,
  ): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.#onStep({ action, name, type, properties, seconds: (performance.now() - start) / 1000 });
    return result;
  }
}

/** Removes resources of a state, the last created first. */
export async function remove(
  state: State,
  which: (resource: Resource) => boolean = () => true,
  onStep: (step: Step) => void = () => {},
): Promise<void> {
  for (const resource of state.all().filter(which).reverse()) {
    const start = performance.now();
    await providers[resource.type]!.delete(resource, resource.inputs);
    state.remove(resource.urn);
    onStep({
      action: "delete",
      name: resource.name,
      type: resource.type,
      properties: [],
      seconds: (performance.now() - start) / 1000,
    });
  }
}
