/**
 * What a role of one's own is made with. A role is a pure function from resolved values to the Ignition config of a
 * machine; {@link host} is the part that every machine has, with which it gets its name, its logins and its data
 * volume, keeps the metadata service to root, pulls its image and answers the gate.
 */
export { host, scripts } from "./base/base-machine.ts";
export type { HostArgs } from "./base/base-machine.ts";
export { etcdClient, etcdEndpoints, tlsFiles } from "./etcd-client/client.ts";
export { readyPort, readyScript } from "./role.ts";
export type { EtcdClient, HostSettings, Peer, Port, Role, TlsIdentity } from "./role.ts";
