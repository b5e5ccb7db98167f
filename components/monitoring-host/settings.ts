import * as pulumi from "@pulumi/pulumi";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { checkCidr } from "../cloud/addresses.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { snippetConfigs } from "../internal/planned-machines.ts";
import { MetricsAgent } from "../metrics-agent/index.ts";
import type { MonitoringHostArgs } from "./args.ts";
import { monitoringDefaults, monitoringArguments } from "./settings-schema.ts";

/** Arguments with their defaults filled in. */
export type MonitoringSettings = ReturnType<typeof monitoringSettings>;

/** @throws ArgumentError listing the arguments that cannot be used, and the machines without a metrics agent. */
export function monitoringSettings(name: string, args: MonitoringHostArgs) {
  const {
    cloud,
    users = cloud && [cloud.cidr],
    retentionDays = monitoringDefaults.retentionDays,
    dnsName,
    hostNumber = 46,
    volumeGiB = monitoringDefaults.volumeGiB,
  } = args;
  const { environment = pulumi.getStack() } = args;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
    .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
    .schemas(monitoringArguments, args)
    .label("environment", environment)
    .hostName("dnsName", dnsName, "monitoring.example.com");
  const withoutAgent = (cloud?.machines ?? [])
    .filter(({ agents }) => !agents.some((agent) => agent instanceof MetricsAgent))
    .map((machine) => machine.name);
  check.require(
    withoutAgent.length === 0,
    "cloud",
    `its machines ${withoutAgent.join(", ")} have no metrics agent; ` +
      "add one before the first of them: cloud.addNodeAgent(new MetricsAgent())",
  );
  for (const [index, range] of users?.entries() ?? []) check.doesNotThrow(`users[${index}]`, () => checkCidr(range));
  const snippets = snippetConfigs(args.snippets ?? [], check);
  check.throwIfInvalid();
  return {
    cloud,
    users,
    retentionDays,
    dnsName,
    hostNumber,
    volumeGiB,
    environment,
    snippets,
    images: {
      prometheus: images.prometheus,
      alertmanager: images.alertmanager,
      grafana: images.grafana,
      proxy: images.haproxy,
      ...args.images,
    },
  };
}
