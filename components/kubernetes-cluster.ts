import * as pulumi from "@pulumi/pulumi";
import { kubernetesControlPlane } from "../ignition/roles/kubernetes/control-plane.ts";
import { joinToken } from "../ignition/roles/kubernetes/join-token.ts";
import { apiName, type BackupTarget, dataPath, kubernetesPorts, type KubernetesSettings } from "../ignition/roles/kubernetes/settings.ts";
import { kubernetesWorker } from "../ignition/roles/kubernetes/worker.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import type { Cloud, Firewall, Machine, MachineGroup } from "./cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "./host.ts";
import type { KubernetesClusterArgs } from "./kubernetes/args.ts";
import { administratorKubeconfig, type ClusterKeys, clusterKeys } from "./kubernetes/keys.ts";
import { kubernetesSettings, type ResolvedPool } from "./kubernetes/settings.ts";

/** Workers of one pool. */
export interface KubernetesPool {
  readonly name: string;
  /** In the order in which a change rolls through them. */
  readonly machines: readonly Machine[];
}

/**
 * Kubernetes by kubeadm: one or three control planes with an etcd each, and workers in pools. Its keys are made here, so
 * that nobody logs in or copies a join command, and `kubeconfig` is good in the very update that makes the cluster.
 */
export class KubernetesCluster extends pulumi.ComponentResource {
  /** Where the cluster runs. */
  readonly cloud: Cloud;
  /** Name of the cluster, and the first part of its machines' names. */
  readonly clusterName: string;
  /** Where clients connect to the API: an address or a DNS name. */
  readonly address: pulumi.Output<string>;
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
      opts,
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
      apiAddress: cloud.address(settings.frontHost),
      controlPlanes: settings.controlPlanes.map(({ name: peer, address }) => ({ name: peer, address })),
    };
    const making: Making = {
      args,
      settings,
      cluster,
      keys,
      kubelets: new CertificateAuthority(`${name}-kubelet-ca`, {}, { parent: this }),
      dependsOn: opts?.dependsOn,
    };
    this.controlPlanes = this.#makeControlPlanes(making);
    const front = cloud.loadBalancer(
      `${name}-api`,
      {
        host: settings.frontHost,
        targets: this.controlPlanes,
        targetFirewall: this.controlPlaneFirewall,
        ports: [kubernetesPorts.api],
        health: { port: kubernetesPorts.health.port, path: "/healthz" },
        clients: [this.controlPlaneFirewall, this.workerFirewall],
        ...(args.allowFrom && { allowFrom: args.allowFrom }),
      },
      { parent: this },
    );
    this.address = front.address;
    this.pools = this.#makePools(making);

    const kubeconfig = administratorKubeconfig(
      `${name}-admin`,
      {
        cluster: name,
        server: pulumi.interpolate`${front.address}:${kubernetesPorts.api.port}`,
        serverName: apiName(name),
        apiCa: keys.apiCa,
        apiCaKey: keys.controlPlane.apply((all) => all.kubernetes.privateKey),
      },
      { parent: this },
    );
    // Known before there is anything to connect to: whoever uses it has to wait for the control planes.
    this.kubeconfig = pulumi.all([kubeconfig, ...this.#gates(this.controlPlanes).map((gate) => gate.urn)]).apply(([text]) => text!);

    this.registerOutputs({ address: this.address, caCertificate: this.caCertificate, kubeconfig: this.kubeconfig });
  }

  /** What to wait for before running pods: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return this.#gates([...this.controlPlanes, ...this.pools.flatMap((pool) => pool.machines)]);
  }

  #gates(machines: readonly Machine[]): pulumi.Resource[] {
    return machines.map((machine) => machine.gate);
  }

  #openPorts(name: string): void {
    const { api, etcd, kubelet, podNetwork } = kubernetesPorts;
    const [control, workers] = [this.controlPlaneFirewall, this.workerFirewall];
    const own = { parent: this };
    this.cloud.allow(`${name}-control-planes`, { to: control, from: control, ports: [api, etcd, kubelet, podNetwork] }, own);
    this.cloud.allow(`${name}-to-workers`, { to: workers, from: control, ports: [kubelet, podNetwork] }, own);
    this.cloud.allow(`${name}-to-control-planes`, { to: control, from: workers, ports: [api, podNetwork] }, own);
    this.cloud.allow(`${name}-among-workers`, { to: workers, from: workers, ports: [podNetwork] }, own);
  }

  #makeControlPlanes({ args, settings, cluster, keys, kubelets, dependsOn }: Making): Machine[] {
    const group = this.cloud.group(this.clusterName, { parent: this });
    const machines: Machine[] = [];
    for (const { name, host } of settings.controlPlanes) {
      const kubelet = this.#kubelet(kubelets, name, host);
      const previous = machines.at(-1);
      machines.push(
        this.cloud.machine(
          name,
          {
            role: "kubernetes-control-plane",
            host,
            size: args.controlPlaneSize ?? "medium",
            firewall: this.controlPlaneFirewall,
            group,
            access: args.controlPlaneAccess,
            dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
            readyTimeoutSeconds: settings.readyTimeoutSeconds,
            stopGraceSeconds: settings.drainSeconds + 60,
            config: (delivery) =>
              pulumi
                .all([
                  hostSettings(name, delivery, { path: dataPath }),
                  kubelet,
                  keys.controlPlane,
                  backupTarget(args.backup),
                ])
                .apply(([own, identity, controlPlaneKeys, backup]) =>
                  withSnippets(
                    kubernetesControlPlane({
                      host: own,
                      settings: cluster,
                      kubelet: identity,
                      keys: controlPlaneKeys,
                      pools: settings.pools.map((pool) => pool.name),
                      certificateNames: settings.certificateNames,
                      drainSeconds: settings.drainSeconds,
                      ...(backup && { backup }),
                    }),
                    settings.snippets,
                  ),
                ),
          },
          // One after another: two control planes replaced at once would leave etcd no quorum.
          machineOptions(this, { dependsOn }, previous ? [previous.gate] : []),
        ),
      );
    }
    return machines;
  }

  #makePools(making: Making): KubernetesPool[] {
    const pools: KubernetesPool[] = [];
    for (const pool of making.settings.pools) {
      const group = this.cloud.group(`${this.clusterName}-${pool.name}`, { parent: this });
      const machines: Machine[] = [];
      for (const worker of pool.workers) {
        // Workers come after the control planes, whose version theirs must not pass; then one at a time.
        const before = machines.at(-1) ?? pools.at(-1)?.machines.at(-1) ?? this.controlPlanes.at(-1)!;
        machines.push(this.#makeWorker(making, pool, worker, group, before));
      }
      pools.push({ name: pool.name, machines });
    }
    return pools;
  }

  #makeWorker(
    { args, settings, cluster, keys, kubelets, dependsOn }: Making,
    pool: ResolvedPool,
    { name, host }: { name: string; host: number },
    group: MachineGroup,
    before: Machine,
  ): Machine {
    const kubelet = this.#kubelet(kubelets, name, host);
    return this.cloud.machine(
      name,
      {
        role: "kubernetes-worker",
        host,
        size: pool.machineSize,
        firewall: this.workerFirewall,
        group,
        access: args.workerAccess,
        dataVolume: { path: dataPath, sizeGiB: pool.volumeGiB },
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        stopGraceSeconds: settings.drainSeconds + 60,
        config: (delivery) =>
          pulumi
            .all([hostSettings(name, delivery, { path: dataPath }), kubelet, keys.apiCa, keys.join])
            .apply(([own, identity, apiCa, join]) =>
              withSnippets(
                kubernetesWorker({
                  host: own,
                  settings: cluster,
                  kubelet: identity,
                  apiCa,
                  token: joinToken(join, name),
                  pool: pool.name,
                  labels: pool.labels,
                  drainSeconds: settings.drainSeconds,
                }),
                settings.snippets,
              ),
            ),
      },
      machineOptions(this, { dependsOn }, [before.gate]),
    );
  }

  /** What a machine's kubelet shows to the API server, which asks by address. */
  #kubelet(kubelets: CertificateAuthority, machine: string, host: number) {
    return kubelets.issue(
      `${machine}-kubelet`,
      { usage: "server", addresses: [this.cloud.address(host)], dnsNames: [machine] },
      { parent: this },
    );
  }
}

/** What the constructor hands to the parts that make machines. */
interface Making {
  args: KubernetesClusterArgs;
  settings: ReturnType<typeof kubernetesSettings>;
  cluster: KubernetesSettings;
  keys: ClusterKeys;
  kubelets: CertificateAuthority;
  dependsOn: pulumi.ComponentResourceOptions["dependsOn"];
}

/** Where snapshots go, as the role takes it; secret. */
function backupTarget(backup: KubernetesClusterArgs["backup"]): pulumi.Output<BackupTarget | undefined> {
  if (backup === undefined) return pulumi.output(undefined);
  if ("uploadUrl" in backup) return pulumi.output({ uploadUrl: pulumi.secret(backup.uploadUrl) });
  const { endpoint, bucket, region = "us-east-1", accessKey, secretKey } = backup;
  const credentials = accessKey === undefined || secretKey === undefined ? undefined : { accessKey, secretKey: pulumi.secret(secretKey) };
  return pulumi
    .output({ endpoint, bucket, region, credentials })
    .apply((values): BackupTarget => ({
      endpoint: values.endpoint,
      bucket: values.bucket,
      region: values.region,
      ...(values.credentials && { credentials: values.credentials }),
    }));
}
