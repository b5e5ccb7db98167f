import * as pulumi from "@pulumi/pulumi";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { checkCidr } from "../cloud/addresses.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkBucket } from "../internal/bucket.ts";
import { snippetConfigs } from "../internal/planned-machines.ts";
import type { LogStoreArgs } from "./args.ts";

/** Arguments with their defaults filled in. */
export type LogStoreSettings = ReturnType<typeof logStoreSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function logStoreSettings(name: string, args: LogStoreArgs) {
  const { cloud, retentionDays = 30, bucket, readers = [], dnsName, hostNumber = 45, volumeGiB = 50 } = args;
  const { image = images.loki, proxyImage = images.haproxy, agentImage = images["fluent-bit"] } = args;
  const { environment = pulumi.getStack() } = args;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
    .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
    .integer("retentionDays", retentionDays, bounds.logs.retentionDays)
    .integer("volumeGiB", volumeGiB, bounds.logs.volumeGiB)
    .label("environment", environment)
    .hostName("dnsName", dnsName, "logs.example.com");
  for (const [index, range] of readers.entries()) check.doesNotThrow(`readers[${index}]`, () => checkCidr(range));
  if (bucket) checkBucket("bucket", bucket, check);
  const snippets = snippetConfigs(args.snippets ?? [], check);
  check.throwIfInvalid();
  return {
    cloud,
    retentionDays,
    bucket,
    readers,
    dnsName,
    hostNumber,
    volumeGiB,
    image,
    proxyImage,
    agentImage,
    environment,
    snippets,
  };
}
