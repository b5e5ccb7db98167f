import type { Cloud, MachineAccess } from "../components/cloud/cloud.ts";
import { type LogBucketArgs, LogStore } from "../components/log-store.ts";
import { openSearchLogs } from "../components/open-search-logs.ts";
import type { LogsSettings } from "./config/telemetry.ts";

/** Where a log store keeps its logs, in the object store of a cloud. */
export interface LogPlace {
  bucket: LogBucketArgs;
  access?: MachineAccess[];
}

/**
 * Sends the logs of a cloud's machines to the stack's log store, or to wherever its config says. To be called before the first
 * machine is made.
 * @param place Makes the place of the log store's logs, where there is one. Default: what the config says, or its volume.
 */
export function stackLogs(cloud: Cloud, settings: LogsSettings | undefined, place?: () => LogPlace): LogStore | undefined {
  if (settings === undefined) return undefined;
  const { openSearch, ...store } = settings;
  if (openSearch === undefined) return new LogStore("logs", { cloud, ...store, ...place?.() });
  cloud.addAgent(openSearchLogs("logs", openSearch));
  return undefined;
}
