import * as pulumi from "@pulumi/pulumi";
import { galera, galeraPorts } from "../../ignition/roles/galera/role.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine } from "../cloud/cloud.ts";
import type { EtcdCluster } from "../etcd-cluster/index.ts";
import type { GaleraClusterArgs } from "./args.ts";
import { clusterPasswords, databaseValues, type ResolvedDatabase, resolveDatabases } from "./passwords.ts";
import { galeraSettings } from "./settings.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";

const dataPath = "/var/lib/paasmas/galera";

/**
 * A synchronously replicated MySQL: three or five Galera nodes that bootstrap and recover by themselves. Closed to
 * all but each other until {@link GaleraCluster.allowClients} opens the client and health ports.
 */
export class GaleraCluster extends pulumi.ComponentResource {
  /** Where the cluster runs. */
  readonly cloud: Cloud;
  /** Where the nodes register while they are Synced. */
  readonly etcd: EtcdCluster;
  /** Name of the cluster, `wsrep_cluster_name`, and its key prefix in etcd. */
  readonly clusterName: string;
  /** The nodes, in the order in which a change rolls through them. */
  readonly machines: readonly Machine[];
  /** The firewall the nodes are behind. */
  readonly firewall: Firewall;
  /** Certificate of the authority that clients verify the nodes with (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** The databases with their users; passwords are secrets. */
  readonly databases: readonly ResolvedDatabase[];

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: GaleraClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = galeraSettings(name, args);
    const { size, flavor, image, databases } = settings;
    super(
      "paasmas:index:GaleraCluster",
      name,
      {
        size,
        flavor,
        image,
        machines: settings.nodes.map((node) => node.name),
        databases: databases.map((database) => database.name),
        antiAffinity: true,
      },
      opts,
    );

    const { cloud, etcd } = args;
    this.cloud = cloud;
    this.etcd = etcd;
    this.clusterName = name;
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    this.databases = resolveDatabases(name, databases, { parent: this });
    const passwords = clusterPasswords(name, args.passwords ?? {}, { parent: this });

    this.firewall = cloud.firewall(name, { description: "Galera nodes" }, { parent: this });
    const { replication, stateTransfer, incrementalTransfer } = galeraPorts;
    cloud.allow(
      `${name}-nodes`,
      { to: this.firewall, from: this.firewall, ports: [replication, incrementalTransfer, stateTransfer] },
      { parent: this },
    );
    etcd.allowClients(this.firewall, { parent: this });
    const group = cloud.group(name, { parent: this });

    const values = databaseValues(this.databases);
    const machines: Machine[] = [];
    for (const node of settings.nodes) {
      const tls = ca.issue(
        node.name,
        {
          usage: "peer",
          addresses: [node.address, "127.0.0.1"],
          dnsNames: [node.name, "localhost", ...settings.certificateNames],
        },
        { parent: this },
      );
      const etcdClient = etcd.client(node.name, { parent: this });
      const previous = machines.at(-1);
      machines.push(
        cloud.machine(
          node.name,
          {
            role: "galera",
            hostNumber: node.hostNumber,
            size: args.machineSize,
            firewall: this.firewall,
            group,
            dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
            readyTimeoutSeconds: settings.readyTimeoutSeconds,
            stopGraceSeconds: 120,
            // Neither the size nor the other nodes are in here: those are found through etcd, so that growing
            // or shrinking the cluster replaces none of the nodes that stay.
            config: (delivery) =>
              pulumi
                .all([hostSettings(node.name, delivery, { path: dataPath }), tls, etcdClient, passwords, values])
                .apply(([host, identity, client, secrets, owned]) =>
                  withSnippets(
                    galera({
                      host,
                      cluster: name,
                      flavor,
                      image,
                      etcd: client,
                      tls: identity,
                      passwords: secrets,
                      databases: owned,
                      tuning: settings.tuning,
                    }),
                    settings.snippets,
                  ),
                ),
          },
          // The chain that makes a change roll: a node is replaced only after the one before it is Synced again.
          machineOptions(this, opts, previous ? [previous.gate] : etcd.ready),
        ),
      );
    }
    this.machines = machines;

    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  /** Lets the machines of another firewall ask for a node's health and connect to its database. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.cloud.allow(
      `${from.firewallName}-to-${this.clusterName}`,
      { to: this.firewall, from, ports: [galeraPorts.mysql, galeraPorts.health] },
      { parent: this, ...opts },
    );
  }

  /** What to wait for before using the cluster: the gate of every node. */
  get ready(): pulumi.Resource[] {
    return this.machines.map((machine) => machine.gate);
  }
}
