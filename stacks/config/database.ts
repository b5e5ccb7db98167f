import { loadBalancerArguments } from "../../components/database-load-balancer/settings-schema.ts";
import { etcdArguments } from "../../components/etcd-cluster/settings-schema.ts";
import { passwordPattern, passwordRule } from "../../components/galera-cluster/passwords.ts";
import { galeraArguments } from "../../components/galera-cluster/settings-schema.ts";
import { group, list, secret, text } from "../../components/internal/settings-schema.ts";
import { image } from "./image.ts";
import { cidr } from "./network.ts";
import { snippetList } from "./snippet.ts";

const snippets = snippetList().optional();

/** `etcd`: the members in which the database nodes register. */
export const etcdSettings = group({
  ...etcdArguments,
  image: image.optional(),
  snippets,
}).meta({ description: "The etcd members, see [EtcdCluster](components/etcd-cluster.md).", default: "{}" });

const password = secret(passwordPattern, passwordRule).optional();

const dnsName = text(
  /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  "a DNS name in lower case",
);

/** `galera`: the database cluster. */
export const galeraSettings = group({
  ...galeraArguments,
  image: image.optional(),
  databases: list(
    group({
      name: text(/./, "the name of a database"),
      user: text(/./, "the name of a user").optional(),
      password,
    }).meta({ description: "One database." }),
  ).optional(),
  passwords: group({ root: password, monitor: password, stateTransfer: password }).optional(),
  certificateNames: list(dnsName).optional(),
  snippets,
}).meta({ description: "The database cluster, see [GaleraCluster](components/galera-cluster.md).", default: "{}" });

/** `loadBalancer`: the machines in front of the database. */
export const loadBalancerSettings = group({
  ...loadBalancerArguments,
  image: image.optional(),
  allowFrom: list(cidr()).optional(),
  snippets,
}).meta({
  description: "HAProxy before the database, see [DatabaseLoadBalancer](components/database-load-balancer.md).",
  default: "{}",
});
