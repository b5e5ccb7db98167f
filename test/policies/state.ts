import type { PlannedResource } from "../../cli/plan/resource.ts";

/** Planned resources as a state file, as if they were created. */
export function stateOf(stack: string, resources: readonly PlannedResource[]): unknown {
  const providers = new Map<string, object>();
  const providerOf = (resource: PlannedResource) => {
    if (!resource.custom || resource.type.startsWith("pulumi:providers:")) return undefined;
    if (resource.provider) return resource.provider;
    const [name] = resource.type.split(":");
    const type = `pulumi:providers:${name}`;
    const urn = `urn:pulumi:${stack}::paasmas::${type}::default`;
    providers.set(urn, { urn, custom: true, id: "default", type });
    return `${urn}::default`;
  };
  const idOf = ({ urn }: PlannedResource) =>
    resources
      .find((other) => other.provider?.startsWith(`${urn}::`))
      ?.provider?.split("::")
      .at(-1) ?? "planned";
  const states = resources.map((resource) => {
    const { urn, custom, type, inputs, outputs, parent, protect, dependencies, propertyDependencies } = resource;
    const provider = providerOf(resource);
    return {
      urn,
      custom,
      type,
      inputs,
      outputs,
      parent,
      protect,
      dependencies,
      propertyDependencies,
      provider,
      ...(custom && { id: idOf(resource) }),
    };
  });
  const manifest = { time: "2026-01-01T00:00:00Z", magic: "", version: "" };
  return { version: 3, deployment: { manifest, resources: [...providers.values(), ...states] } };
}
