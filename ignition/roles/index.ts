/**
 * Building blocks of custom roles. A role is a pure function from resolved values to the Ignition config of a machine.
 * {@link host} returns the part of every machine: name, logins, data volume, access to the metadata service for root
 * only, container image, and readiness for the gate.
 */
export { host, scripts } from "./base/base-machine.ts";
export type { HostArgs } from "./base/base-machine.ts";
export { etcdClient, etcdEndpoints, tlsFiles } from "./etcd-client/client.ts";
export { readyPort, readyScript } from "./role.ts";
export type { EtcdClient, HostSettings, Peer, Port, Role, TlsIdentity } from "./role.ts";
