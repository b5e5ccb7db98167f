import * as pulumi from "@pulumi/pulumi";
import { type Config, merge, parse } from "../ignition/index.ts";
import type { HostSettings } from "../ignition/roles/role.ts";
import type { ConfigContext } from "./cloud/cloud.ts";

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
 * Adds a user's own Ignition configs to a role's.
 * @param snippets Ignition configs as JSON text; what they say wins over the role where both say something.
 * @throws IgnitionError listing path and message when a snippet is not a valid config.
 */
export function withSnippets(config: Config, snippets: readonly string[]): Config {
  return snippets.reduce<Config>((merged, text) => merge(merged, parse(JSON.parse(text))), config);
}
