import { bounds, quorumProblem } from "../../components/internal/bounds.ts";
import { passwordPattern, passwordRule } from "../../components/galera-cluster/passwords.ts";
import { image } from "./image.ts";
import { cidr } from "./network.ts";
import {
  decimal,
  group,
  list,
  oneNumberOf,
  oneOf,
  secret,
  text,
  whole,
} from "../../components/internal/settings-schema.ts";
import { snippetList } from "./snippet.ts";

const machineSize = oneOf("small", "medium", "large").optional();

const snippets = snippetList().optional();

/** `etcd`: the three members through which the database nodes find each other. */
export const etcdSettings = group({
  image: image.optional(),
  machineSize,
  volumeGiB: whole(bounds.etcd.volumeGiB).optional(),
  snippets,
}).meta({ description: "The etcd members, see [EtcdCluster](components/etcd-cluster.md).", default: "{}" });

const size = oneNumberOf([3, 5], (given) => quorumProblem(given) ?? "");

const password = secret(passwordPattern, passwordRule).optional();

const dnsName = text(
  /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a DNS name in lower case",
);

/** `galera`: the database cluster. */
export const galeraSettings = group({
  size: size.optional(),
  flavor: oneOf("percona", "mariadb").optional(),
  image: image.optional(),
  machineSize,
  volumeGiB: whole(bounds.galera.volumeGiB).optional(),
  databases: list(
    group({
      name: text(/./, "the name of a database"),
      user: text(/./, "the name of a user").optional(),
      password,
    }).meta({ description: "One database." }),
  ).optional(),
  passwords: group({ root: password, monitor: password, stateTransfer: password }).optional(),
  tuning: group({
    bufferPoolMiB: whole(bounds.galera.bufferPoolMiB).optional(),
    gcacheMiB: whole(bounds.galera.gcacheMiB).optional(),
    maxConnections: whole(bounds.galera.maxConnections).optional(),
    suspectTimeoutSeconds: decimal(bounds.galera.suspectTimeoutSeconds).optional(),
  }).optional(),
  certificateNames: list(dnsName).optional(),
  readyTimeoutSeconds: whole(bounds.galera.readyTimeoutSeconds).optional(),
  snippets,
}).meta({ description: "The database cluster, see [GaleraCluster](components/galera-cluster.md).", default: "{}" });

/** `loadBalancer`: the machines in front of the database. */
export const loadBalancerSettings = group({
  size: whole(bounds.loadBalancer.size)
    .meta({
      description: "Number of HAProxy machines: 1 or 2. With one machine, its loss is an outage: prod refuses 1.",
      default: 2,
    })
    .optional(),
  image: image.optional(),
  machineSize,
  allowFrom: list(cidr()).optional(),
  snippets,
}).meta({
  description: "HAProxy before the database, see [DatabaseLoadBalancer](components/database-load-balancer.md).",
  default: "{}",
});
