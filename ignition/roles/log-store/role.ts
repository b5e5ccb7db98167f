import { config, directory, dropin, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, serviceImage } from "../base/base-machine.ts";
import { userMap } from "../base/users.ts";
import type { Bucket, HostSettings, Port, TlsIdentity } from "../role.ts";

export interface LogStoreNode {
  host: HostSettings;
  /** Container image of Loki, by tag or digest; 3.0 or later. */
  image: string;
  /** Container image of HAProxy, the proxy of Loki, by tag or digest; 2.6 or later. */
  proxyImage: string;
  /** Passwords of the user that adds logs and of the user that reads them. Secret. */
  passwords: { write: string; read: string };
  /** Identity of the server; the certificate contains all names and addresses that clients use. */
  tls: TlsIdentity;
  /** Retention of logs, in days. */
  retentionDays: number;
  /** Bucket for logs. Default: the data volume. */
  bucket?: Bucket;
}

export const logStorePorts = {
  logs: { port: 3100, description: "log store" },
} satisfies Record<string, Port>;

/** User names by permission. */
export const logStoreUsers = { write: "write", read: "read" } as const;

/** Users of the two containers; each owns its secrets. */
const uids = { loki: 10001, proxy: 99 };

const folder = "/etc/paasmas/log-store";

/** Folder of Loki's data on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/logs";

/** The Ignition config of a log store machine: Loki behind a proxy that authenticates and authorizes clients. */
export function logStore(node: LogStoreNode): Config {
  const { host: settings, image, proxyImage, passwords, tls, bucket } = node;
  const parameters = {
    ADDRESS: settings.address,
    IMAGE: image,
    DATA_PATH: settings.dataVolume?.path ?? defaultDataPath,
  };
  const secret = (name: string, text: string, user: number) =>
    file({ path: `${folder}/${name}`, text, mode: 0o400, user });
  return config(
    host(settings, { image, ready: local("ready"), service: "loki.service" }),
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/log-store.env", values: parameters, mode: 0o644 }),
    file({ path: `${folder}/ca.pem`, text: tls.ca }),
    secret("loki.json", `${JSON.stringify(loki(node), null, 2)}\n`, uids.loki),
    unit({ name: "loki.service", from: local("loki.service"), enabled: true }),
    ...(bucket && bucket.keys === undefined ? [roleOfTheMachine()] : []),

    directory({ path: `${folder}/proxy` }),
    fileFromDisk({ path: `${folder}/proxy/proxy.cfg`, from: local("proxy.cfg") }),
    secret(
      "proxy/users.map",
      userMap({ [logStoreUsers.write]: passwords.write, [logStoreUsers.read]: passwords.read }),
      uids.proxy,
    ),
    secret("proxy/certificate.pem", `${tls.certificate.trimEnd()}\n${tls.privateKey}`, uids.proxy),
    serviceImage("loki-proxy", proxyImage),
    unit({ name: "loki-proxy.service", from: local("loki-proxy.service"), enabled: true }),
  );
}

/**
 * Allows Loki, besides root, to use the metadata service: it gets the keys of the machine's IAM role there. These keys
 * can already read the machine's config, so that the access to user data adds no risk.
 */
function roleOfTheMachine(): Fragment {
  const rule = `meta skuid ${uids.loki} ip daddr 169.254.169.254 accept`;
  return dropin({
    unit: "metadata-guard.service",
    name: "log-store.conf",
    text: `[Service]\nExecStartPost=/usr/sbin/nft insert rule inet paasmas_metadata output ${rule}\n`,
  });
}

/** Configuration of Loki as a single process; JSON is valid YAML. */
function loki({ bucket, retentionDays }: LogStoreNode): Record<string, unknown> {
  const store = bucket ? "s3" : "filesystem";
  return {
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: {
      // Only the proxy connects.
      http_listen_address: "127.0.0.1",
      http_listen_port: 3101,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: 9095,
      log_level: "warn",
      http_server_read_timeout: "5m",
      http_server_write_timeout: "5m",
    },
    common: {
      path_prefix: "/loki",
      instance_addr: "127.0.0.1",
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: bucket
        ? { s3: s3(bucket) }
        : { filesystem: { chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
    },
    // Loki reads data with the schema of its date. To change the schema, add an entry with a future date.
    schema_config: {
      configs: [
        {
          from: "2026-01-01",
          store: "tsdb",
          object_store: store,
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    ingester: {
      // There are no other instances.
      lifecycler: { min_ready_duration: "0s", final_sleep: "0s" },
      wal: { dir: "/loki/wal", flush_on_shutdown: true, replay_memory_ceiling: "256MB" },
      chunk_idle_period: "30m",
      max_chunk_age: "2h",
    },
    compactor: { retention_enabled: true, delete_request_store: store },
    limits_config: {
      retention_period: `${retentionDays * 24}h`,
      max_query_lookback: `${retentionDays * 24}h`,
      // Accepts old logs of a machine that was offline.
      reject_old_samples_max_age: "168h",
      ingestion_rate_mb: 16,
      ingestion_burst_size_mb: 32,
      per_stream_rate_limit: "8MB",
      per_stream_rate_limit_burst: "32MB",
      max_line_size: "256KB",
      max_line_size_truncate: true,
      allow_structured_metadata: true,
      // Only the labels of the agents.
      discover_service_name: [],
      discover_log_levels: false,
      volume_enabled: true,
    },
  };
}

function s3({ endpoint, name, region, keys }: Bucket): Record<string, unknown> {
  return {
    endpoint,
    bucketnames: name,
    region,
    s3forcepathstyle: true,
    insecure: endpoint.startsWith("http:"),
    ...(keys && { access_key_id: keys.accessKey, secret_access_key: keys.secretKey }),
  };
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
