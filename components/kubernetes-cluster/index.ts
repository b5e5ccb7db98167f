import * as pulumi from "@pulumi/pulumi";
import { apiName, kubernetesPorts, type KubernetesSettings } from "../../ignition/roles/kubernetes/settings.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, LoadBalancer, Machine } from "../cloud/cloud.ts";
import type { KubernetesClusterArgs } from "./args.ts";
import { administratorKubeconfig, clusterKeys } from "./keys.ts";
import { type KubernetesPool, makeControlPlanes, makePools, type Making } from "./machines.ts";
import { kubernetesSettings } from "./settings.ts";
import { refusingUpgrades } from "./upgrade.ts";

/**
 * Kubernetes by kubeadm: one or three control planes with an etcd each, and workers in pools. Its keys are made here, so
 * that nobody logs in or copies a join command, and `kubeconfig` is good in the very update that makes the cluster.
 */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** Where the cluster runs. */
  readonly cloud: Cloud;
  /** Name of the cluster, and the first part of its machines' names. */
  readonly clusterName: string;
  /** Release of Kubernetes, told once all control planes run it. */
  readonly version: pulumi.Output<string>;
  /** Where clients connect to the API: an address or a DNS name. */
  readonly address: pulumi.Output<string>;
  /** URL of the API by an address that its certificate names, for clients that cannot be told another name for it. */
  readonly apiUrl: string;
  /** An administrator's kubeconfig, good once the control planes run; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Certificate of the authority that clients verify the API with (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** The control planes, in the order in which a change rolls through them. */
  readonly controlPlanes: readonly Machine[];
  /** The pools, in the order in which a change rolls through them. */
  readonly pools: readonly KubernetesPool[];
  /** The firewall the control planes are behind. */
  readonly controlPlaneFirewall: Firewall;
  /** The firewall the workers are behind: open what the cluster's own load balancers send to. */
  readonly workerFirewall: Firewall;
  readonly #loadBalancer: LoadBalancer;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: KubernetesClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = kubernetesSettings(name, args);
    super(
      "paasmas:index:KubernetesCluster",
      name,
      {
        version: settings.version,
        controlPlanes: settings.controlPlanes.map((machine) => machine.name),
        pools: settings.pools.map((pool) => ({ name: pool.name, machines: pool.workers.map((worker) => worker.name) })),
        podCidr: settings.podCidr,
        serviceCidr: settings.serviceCidr,
        encryptionKeys: settings.encryptionKeys,
      },
      refusingUpgrades(name, opts),
    );

    const { cloud } = args;
    this.cloud = cloud;
    this.clusterName = name;
    const keys = clusterKeys(name, settings.encryptionKeys, { parent: this });
    this.caCertificate = keys.apiCa;
    this.controlPlaneFirewall = cloud.firewall(name, { description: "Kubernetes control planes" }, { parent: this });
    this.workerFirewall = cloud.firewall(`${name}-workers`, { description: "Kubernetes workers" }, { parent: this });
    this.#openPorts(name);

    const cluster: KubernetesSettings = {
      cluster: name,
      version: settings.version,
      architecture: settings.architecture,
      podCidr: settings.podCidr,
      serviceCidr: settings.serviceCidr,
      apiAddress: cloud.address(settings.loadBalancerHostNumber),
      controlPlanes: settings.controlPlanes.map(({ name: peer, address }) => ({ name: peer, address })),
    };
    const making: Making = {
      args,
      settings,
      cluster,
      keys,
      kubelets: new CertificateAuthority(`${name}-kubelet-ca`, {}, { parent: this }),
      parent: this,
      dependsOn: opts?.dependsOn,
    };
    this.controlPlanes = makeControlPlanes(making, this.controlPlaneFirewall);
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
    this.apiUrl = `https://${cluster.apiAddress}:${kubernetesPorts.api.port}`;
    this.pools = makePools(making, this.workerFirewall, this.controlPlanes.at(-1)!);

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
    // Known before there is anything to connect to: whoever uses it has to wait for the control planes.
    const running = pulumi.all(this.#gates(this.controlPlanes).map((gate) => gate.urn));
    this.kubeconfig = pulumi.all([kubeconfig, running]).apply(([text]) => text);
    // The next update is judged by it: a change of version that has not come to its end leaves none in the state.
    this.version = running.apply(() => settings.version);

    this.registerOutputs({
      version: this.version,
      address: this.address,
      caCertificate: this.caCertificate,
      kubeconfig: this.kubeconfig,
    });
  }

  /** What to wait for before running pods: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return this.#gates([...this.controlPlanes, ...this.pools.flatMap((pool) => pool.machines)]);
  }

  /** Lets machines connect to the API. */
  allowClients(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  #gates(machines: readonly Machine[]): pulumi.Resource[] {
    return machines.map((machine) => machine.gate);
  }

  #openPorts(name: string): void {
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
