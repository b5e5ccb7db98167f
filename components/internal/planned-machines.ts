import * as pulumi from "@pulumi/pulumi";
import { type Config, merge, parse, validate } from "../../ignition/index.ts";
import type { HostSettings } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import { snippetSizeProblems } from "./bounds.ts";
import type { Cloud, ConfigContext } from "../cloud/cloud.ts";

/**
 * Returns the settings of all roles, from the values of the cloud. A secret if the cloud uses a report URL.
 */
export function hostSettings(
  name: string,
  delivery: ConfigContext,
  dataVolume?: { path: string },
): pulumi.Output<HostSettings> {
  const settings: HostSettings = {
    name,
    address: delivery.address,
    sshAuthorizedKeys: delivery.sshAuthorizedKeys,
    ...(dataVolume && { dataVolume: { path: dataVolume.path } }),
  };
  if (delivery.readyReportUrl === undefined) return pulumi.output(settings);
  return delivery.readyReportUrl.apply((readyReportUrl) => ({ ...settings, readyReportUrl }));
}

/**
 * Checks and parses the Ignition configs of a user.
 * @param snippets Ignition configs as JSON text.
 * @param check Collects the problems: `snippets[0]: $.systemd.units.0.name: ...`.
 */
export function snippetConfigs(snippets: readonly string[], check: ArgumentCheck): Config[] {
  const sizes = snippetSizeProblems(snippets.map((text) => text.length));
  check.add(
    sizes.map(({ index, message }) => ({ path: index === undefined ? "snippets" : `snippets[${index}]`, message })),
  );
  return snippets.flatMap((text, index) => {
    const path = `snippets[${index}]`;
    let parsed: unknown;
    check.doesNotThrow(path, () => {
      parsed = JSON.parse(text);
    });
    if (parsed === undefined) return [];
    const { errors } = validate(parsed, { unknownKeys: "refuse" });
    check.add(errors.map((error) => ({ path, message: `${error.path}: ${error.message}` })));
    return errors.length === 0 ? [parse(parsed)] : [];
  });
}

/** Merges the configs of a user into the config of a role. The configs of the user have precedence. */
export function withSnippets(config: Config, snippets: readonly Config[]): Config {
  return snippets.reduce(merge, config);
}

/** Machine of a component, before its creation. */
export interface PlannedMachine {
  name: string;
  /** Host number in the private network. */
  hostNumber: number;
  /** Private address, known during the plan. */
  address: string;
}

/** Returns machines `name-0`, `name-1` and so on, with consecutive host numbers. */
export function plannedMachines(cloud: Cloud, name: string, count: number, firstHostNumber: number): PlannedMachine[] {
  return Array.from({ length: count }, (_, ordinal) => ({
    name: `${name}-${ordinal}`,
    hostNumber: firstHostNumber + ordinal,
    address: cloud.address(firstHostNumber + ordinal),
  }));
}

/**
 * Returns the options of a component's machine. It depends on the previous resources of the roll, and on the
 * dependencies of the component, because children do not inherit `dependsOn`.
 */
export function machineOptions(
  parent: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions | undefined,
  before: pulumi.Resource[],
): pulumi.ComponentResourceOptions {
  return pulumi.mergeOptions({ parent, dependsOn: opts?.dependsOn }, { dependsOn: before });
}
