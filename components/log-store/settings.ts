import * as pulumi from "@pulumi/pulumi";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { checkCidr } from "../cloud/addresses.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { checkBucket } from "../internal/bucket.ts";
import { snippetConfigs } from "../internal/planned-machines.ts";
import type { LogStoreArgs } from "./args.ts";
import { logStoreDefaults, logStoreArguments } from "./settings-schema.ts";

/** Arguments with their defaults filled in. */
export type LogStoreSettings = ReturnType<typeof logStoreSettings>;

/** @throws ArgumentError listing the arguments that cannot be used. */
export function logStoreSettings(name: string, args: LogStoreArgs) {
  const {
    cloud,
    retentionDays = logStoreDefaults.retentionDays,
    bucket,
    readers = [],
    dnsName,
    hostNumber = 45,
    volumeGiB = logStoreDefaults.volumeGiB,
  } = args;
  const { image = images.loki, proxyImage = images.haproxy, agentImage = images["fluent-bit"] } = args;
  const { environment = pulumi.getStack() } = args;
  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
    .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
    .schemas(logStoreArguments, args)
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
