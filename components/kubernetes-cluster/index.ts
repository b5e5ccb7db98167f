import * as pulumi from "@pulumi/pulumi";
import { apiName, kubernetesPorts, type KubernetesSettings } from "../../ignition/roles/kubernetes/settings.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, LoadBalancer, Machine } from "../cloud/cloud.ts";
import { balancedEndpoint, type Endpoint } from "../internal/endpoint.ts";
import type { KubernetesClusterArgs } from "./args.ts";
import { administratorKubeconfig, clusterKeys } from "./keys.ts";
import { type ClusterContext, createControlPlanes, createPools, type KubernetesPool } from "./machines.ts";
import { type ClusterSettings, kubernetesSettings } from "./settings.ts";
import { withUpgradeCheck } from "./upgrade.ts";

/**
 * Kubernetes cluster by kubeadm: one or three control planes, each with etcd, and worker pools. Pulumi creates its
 * keys.
 * So operators need no login and no join command, and `kubeconfig` works in the update that creates the cluster.
 */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** Cloud of the machines. */
  readonly cloud: Cloud;
  /** Name of the cluster, and first part of the names of its machines. */
  readonly clusterName: string;
  /** Kubernetes release; known when all control planes run it. */
  readonly version: pulumi.Output<string>;
  /** IP address or DNS name of the API for clients. */
  readonly address: pulumi.Output<string>;
  /** URL of the API with an address in its certificate, for clients that cannot set a TLS server name. */
  readonly apiUrl: string;
  /** Kubeconfig of an administrator; a secret. It resolves when the control planes run. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Certificate of the authority with which clients verify the API (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Control planes, in the order in which a roll replaces them. */
  readonly controlPlanes: readonly Machine[];
  /** Pools, in the order in which a roll replaces their workers. */
  readonly pools: readonly KubernetesPool[];
  /** Firewall of the control planes. */
  readonly controlPlaneFirewall: Firewall;
  /** Firewall of the workers. Load balancers in front of workers need rules for their target ports here. */
  readonly workerFirewall: Firewall;
  /** Endpoints of the cluster: `api`, with the name in its certificate. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<Endpoint>>>;
  /** Host and port that Pulumi connects to instead of the load balancer of the API. */
  readonly connectTo: string | undefined;
  readonly #loadBalancer: LoadBalancer;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = kubernetesSettings(name, args);
    super("paasmas:index:KubernetesCluster", name, clusterFacts(settings), withUpgradeCheck(name, opts));

    const { cloud } = args;
    this.cloud = cloud;
    this.clusterName = name;
    this.connectTo = args.connectTo;
    const keys = clusterKeys(name, settings.encryptionKeys, { parent: this });
    this.caCertificate = keys.apiCa;
    this.controlPlaneFirewall = cloud.firewall(name, { description: "Kubernetes control planes" }, { parent: this });
    this.workerFirewall = cloud.firewall(`${name}-workers`, { description: "Kubernetes workers" }, { parent: this });
    this.#addFirewallRules(name);

    const cluster: KubernetesSettings = {
      cluster: name,
      version: settings.version,
      architecture: settings.architecture,
      podCidr: settings.podCidr,
      serviceCidr: settings.serviceCidr,
      apiAddress: cloud.address(settings.loadBalancerHostNumber),
      controlPlanes: settings.controlPlanes.map(({ name: peer, address }) => ({ name: peer, address })),
    };
    const context: ClusterContext = {
      args,
      settings,
      cluster,
      keys,
      kubelets: new CertificateAuthority(`${name}-kubelet-ca`, {}, { parent: this }),
      parent: this,
      dependsOn: opts?.dependsOn,
    };
    this.controlPlanes = createControlPlanes(context, this.controlPlaneFirewall);
    this.#loadBalancer = cloud.loadBalancer(
      `${name}-api`,
      {
        hostNumber: settings.loadBalancerHostNumber,
        targets: this.controlPlanes,
        targetFirewall: this.controlPlaneFirewall,
        ports: [kubernetesPorts.api],
        health: { port: kubernetesPorts.health.port, path: "/healthz" },
        clients: [this.controlPlaneFirewall, this.workerFirewall],
        ...(args.allowFrom && { allowFrom: args.allowFrom }),
      },
      { parent: this },
    );
    this.address = this.#loadBalancer.address;
    const { port } = kubernetesPorts.api;
    this.endpoints = {
      api: balancedEndpoint(this.#loadBalancer, port, `https://${apiName(name)}:${port}/`, keys.apiCa),
    };
    this.apiUrl = `https://${cluster.apiAddress}:${kubernetesPorts.api.port}`;
    this.pools = createPools(context, this.workerFirewall, this.controlPlanes.at(-1)!);

    const kubeconfig = administratorKubeconfig(
      `${name}-admin`,
      {
        cluster: name,
        server: pulumi.interpolate`${this.address}:${kubernetesPorts.api.port}`,
        serverName: apiName(name),
        apiCa: keys.apiCa,
        apiCaKey: keys.controlPlane.apply((all) => all.kubernetes.privateKey),
      },
      { parent: this },
    );
    // The kubeconfig is known before the API runs, so clients must wait for the control planes.
    const running = pulumi.all(this.#gates(this.controlPlanes).map((gate) => gate.urn));
    this.kubeconfig = pulumi.all([kubeconfig, running]).apply(([text]) => text);
    // The next update checks this output. An incomplete change of the version leaves no value in the state.
    this.version = running.apply(() => settings.version);

    this.registerOutputs({
      version: this.version,
      address: this.address,
      caCertificate: this.caCertificate,
      kubeconfig: this.kubeconfig,
    });
  }

  /** Resources that exist when pods can run: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return this.#gates([...this.controlPlanes, ...this.pools.flatMap((pool) => pool.machines)]);
  }

  /** Allows machines of a firewall to connect to the API. */
  allowClients(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  #gates(machines: readonly Machine[]): pulumi.Resource[] {
    return machines.map((machine) => machine.gate);
  }

  #addFirewallRules(name: string): void {
    const { api, etcd, kubelet, podNetwork } = kubernetesPorts;
    const [control, workers] = [this.controlPlaneFirewall, this.workerFirewall];
    const own = { parent: this };
    this.cloud.allow(
      `${name}-control-planes`,
      { to: control, from: control, ports: [api, etcd, kubelet, podNetwork] },
      own,
    );
    this.cloud.allow(`${name}-to-workers`, { to: workers, from: control, ports: [kubelet, podNetwork] }, own);
    this.cloud.allow(`${name}-to-control-planes`, { to: control, from: workers, ports: [api, podNetwork] }, own);
    this.cloud.allow(`${name}-among-workers`, { to: workers, from: workers, ports: [podNetwork] }, own);
  }
}

function clusterFacts(settings: ClusterSettings) {
  return {
    version: settings.version,
    controlPlanes: settings.controlPlanes.map((machine) => machine.name),
    pools: settings.pools.map((pool) => ({ name: pool.name, machines: pool.workers.map((worker) => worker.name) })),
    podCidr: settings.podCidr,
    serviceCidr: settings.serviceCidr,
    encryptionKeys: settings.encryptionKeys,
  };
}
