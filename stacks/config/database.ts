import { bounds, quorumProblem } from "../../components/internal/bounds.ts";
import { passwordPattern, passwordRule } from "../../components/galera-cluster/passwords.ts";
import { image } from "./image.ts";
import { cidr } from "./network.ts";
import { decimal, group, list, oneOf, secret, text, value, whole } from "./schema.ts";
import { snippetList } from "./snippet.ts";

const machineSize = oneOf("small", "medium", "large").optional();

const snippets = snippetList().optional();

/** `etcd`: the three members through which the database nodes find each other. */
export const etcdSettings = group({
  image: image.optional(),
  machineSize,
  volumeGiB: whole(bounds.etcd.volumeGiB).optional(),
  snippets,
});

const size = value<number>(
  (given) => quorumProblem(given) === undefined,
  (given) => quorumProblem(given) ?? "",
  "use 3 or 5",
);

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
    }),
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
});

/** `loadBalancer`: the machines in front of the database. */
export const loadBalancerSettings = group({
  size: whole(bounds.loadBalancer.size).optional(),
  image: image.optional(),
  machineSize,
  allowFrom: list(cidr()).optional(),
  snippets,
});
