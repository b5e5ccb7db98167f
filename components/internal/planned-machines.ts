import * as pulumi from "@pulumi/pulumi";
import { type Config, merge, parse, validate } from "../../ignition/index.ts";
import type { HostSettings } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import { snippetSizeProblems } from "./bounds.ts";
import type { Cloud, ConfigContext } from "../cloud/cloud.ts";

/**
 * The settings every role shares, from what the cloud tells about the machine. Secret when the cloud hands out
 * a report URL.
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
 * A user's own Ignition configs, checked.
 * @param snippets Ignition configs as JSON text.
 * @param check Notes what is wrong with them, `snippets[0]: $.systemd.units.0.name: ...`.
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

/** Adds a user's own configs to a role's; what they say wins where both say something. */
export function withSnippets(config: Config, snippets: readonly Config[]): Config {
  return snippets.reduce(merge, config);
}

/** A machine that is yet to be made. */
export interface PlannedMachine {
  name: string;
  /** Host number in the private network. */
  hostNumber: number;
  /** Private address, known at plan time. */
  address: string;
}

/** Places for machines of one kind: `name-0`, `name-1` and so on, on host numbers that follow each other. */
export function plannedMachines(cloud: Cloud, name: string, count: number, firstHostNumber: number): PlannedMachine[] {
  return Array.from({ length: count }, (_, ordinal) => ({
    name: `${name}-${ordinal}`,
    hostNumber: firstHostNumber + ordinal,
    address: cloud.address(firstHostNumber + ordinal),
  }));
}

/**
 * Options of a machine that belongs to a component: it waits for the resources before it in the roll, and for
 * whatever the component itself waits for, which children do not inherit.
 */
export function machineOptions(
  parent: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions | undefined,
  before: pulumi.Resource[],
): pulumi.ComponentResourceOptions {
  return pulumi.mergeOptions({ parent, dependsOn: opts?.dependsOn }, { dependsOn: before });
}
