import { describe, expect, test } from "vitest";
import { type Config, render, validate } from "../../../../ignition/index.ts";
import { binaries, releases } from "../../../../ignition/roles/kubernetes/binaries.ts";
import { kubernetesControlPlane } from "../../../../ignition/roles/kubernetes/control-plane.ts";
import { kubernetesWorker } from "../../../../ignition/roles/kubernetes/worker.ts";
import { installedFiles, readable } from "../contents.ts";
import { controlPlane, secrets, settings, worker } from "./nodes.ts";

const backup = {
  endpoint: "https://s3.example",
  name: "backups",
  region: "eu-1",
  keys: { accessKey: "AK", secretKey: secrets.bucketKey },
};
const configs: Record<string, () => Config> = {
  "a control plane": () => kubernetesControlPlane(controlPlane(0, { backup })),
  "a worker": () => kubernetesWorker(worker()),
};

const fetched = (config: Config) =>
  (config.storage?.files ?? []).filter((file) => !file.contents?.source?.startsWith("data:"));
const written = (config: Config) =>
  installedFiles({
    ...config,
    storage: { files: config.storage?.files?.filter((file) => file.contents?.source?.startsWith("data:")) },
  });

function textOf(config: Config, path: string): string {
  const found = written(config).find((file) => file.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found.text;
}

const enabled = (config: Config) =>
  config.systemd?.units
    ?.filter((unit) => unit.enabled)
    .map((unit) => unit.name)
    .sort();

describe.each(Object.entries(configs))("%s", (name, make) => {
  test("matches the snapshot", async () => {
    const file = name.replace(/^an? /, "").replace(" ", "-");
    await expect(readable(make())).toMatchFileSnapshot(`../snapshots/kubernetes-${file}.txt`);
  });

  test("is valid and renders to the same bytes each time", () => {
    expect(validate(make())).toEqual({ errors: [], warnings: [] });
    expect(render(make())).toBe(render(make()));
  });

  test("keeps secrets in files that only root can open, not in units", () => {
    const seen = new Set<string>();
    for (const { path, mode, uid, text } of written(make())) {
      for (const [name, secret] of Object.entries(secrets)) {
        if (!text.includes(secret)) continue;
        seen.add(name);
        expect([path, mode & 0o077, uid]).toEqual([path, 0, 0]);
      }
    }
    expect(JSON.stringify(make().systemd)).not.toMatch(/secret0|-secret/);
    expect(seen.size).toBeGreaterThanOrEqual(2);
  });

  test("verifies each download with a checksum", () => {
    for (const file of fetched(make())) {
      expect(file.contents?.source).toMatch(/^https:\/\/(dl\.k8s\.io|github\.com)\//);
      expect(file.contents?.verification?.hash).toMatch(/^sha256-[0-9a-f]{64}$/);
    }
  });

  test("blocks pods from the metadata service and masks the distribution's containers and updates", () => {
    const units = new Map(make().systemd?.units?.map((unit) => [unit.name, unit]));
    expect(units.get("metadata-guard.service")?.enabled).toBe(true);
    expect(textOf(make(), "/etc/paasmas/metadata-guard.nft")).toMatch(
      /hook forward[\s\S]*ip daddr 169\.254\.169\.254 reject/,
    );
    for (const name of ["containerd.service", "docker.service", "docker.socket", "update-engine.service"])
      expect(units.get(name)?.mask).toBe(true);
    expect(units.has("image.service")).toBe(false);
    expect(units.get("kubernetes-prepare.service")?.dropins?.[0]?.contents).toContain("Requires=data-volume.service");
  });
});

test("a control plane downloads its binaries and starts its units", () => {
  const config = kubernetesControlPlane(controlPlane());
  expect(fetched(config).map((file) => file.path)).toEqual([
    ...["kubeadm", "kubelet", "kubectl", "runc"].map((name) => `/usr/local/bin/${name}`),
    ...["containerd", "cni-plugins", "crictl", "etcd"].map((name) => `/var/lib/paasmas/archives/${name}.tar.gz`),
  ]);
  expect(enabled(config)).toEqual([
    "data-volume.service",
    "kubernetes-backup.timer",
    "kubernetes-certificates.timer",
    "kubernetes-containerd.service",
    "kubernetes-control-plane.service",
    "kubernetes-drain.service",
    "kubernetes-health.socket",
    "kubernetes-prepare.service",
    "kubernetes-tokens.service",
    "metadata-guard.service",
    "ready.socket",
  ]);
});

test("a worker has no signing keys and no etcd", () => {
  const config = kubernetesWorker(worker());
  expect(fetched(config).map((file) => file.path.split("/").at(-1))).toEqual([
    "kubeadm",
    "kubelet",
    "kubectl",
    "runc",
    "containerd.tar.gz",
    "cni-plugins.tar.gz",
    "crictl.tar.gz",
  ]);
  const text = JSON.stringify(written(config));
  for (const name of ["caKey", "etcdKey", "frontProxyKey", "accountsKey", "joinKey", "encryption"] as const) {
    expect(text).not.toContain(secrets[name].replaceAll("\n", "\\n"));
  }
  expect(enabled(config)).not.toContain("kubernetes-tokens.service");
});

describe("the name of the API", () => {
  const api = (config: Config) =>
    textOf(config, "/etc/hosts")
      .split("\n")
      .filter((line) => line.endsWith(" api.kube.internal"))
      .map((line) => line.split(" ")[0]);
  test("points workers to the load balancer, then to the control planes", () => {
    expect(api(kubernetesWorker(worker()))).toEqual(["10.0.0.79", "10.0.0.70", "10.0.0.71", "10.0.0.72"]);
  });
  test("points a control plane to itself first", () => {
    expect(api(kubernetesControlPlane(controlPlane(1)))).toEqual(["10.0.0.71", "10.0.0.79", "10.0.0.70", "10.0.0.72"]);
  });
});

test("only the first of three control planes may be ready before there is a quorum", () => {
  const mayWait = (ordinal: number, peers: number) => {
    const controlPlanes = settings.controlPlanes.slice(0, peers);
    const config = kubernetesControlPlane(controlPlane(ordinal, { settings: { ...settings, controlPlanes } }));
    return /^MAY_WAIT=(.*)$/m.exec(textOf(config, "/etc/paasmas/kubernetes.env"))?.[1];
  };
  expect([mayWait(0, 3), mayWait(1, 3), mayWait(2, 3), mayWait(0, 1)]).toEqual(["yes", "no", "no", "no"]);
});

test("secrets are encrypted with the first key and decrypted with all keys", () => {
  const { resources } = JSON.parse(
    textOf(kubernetesControlPlane(controlPlane()), "/etc/kubernetes/apiserver/encryption.json"),
  );
  expect(resources).toEqual([
    {
      resources: ["secrets"],
      providers: [
        {
          secretbox: {
            keys: [
              { name: "second", secret: secrets.encryption },
              { name: "first", secret: "older" },
            ],
          },
        },
        { identity: {} },
      ],
    },
  ]);
});

test("pods run on control planes if there are no workers", () => {
  const taints = (pools: string[]) =>
    JSON.parse(textOf(kubernetesControlPlane(controlPlane(0, { pools })), "/etc/paasmas/kubernetes/init.json"))
      .nodeRegistration.taints;
  expect(taints([])).toEqual([]);
  expect(taints(["web"])).toEqual([{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
});

describe("binaries", () => {
  test("exist for each release and architecture", () => {
    expect(releases).toEqual(["1.36.4", "1.36.3", "1.35.8"]);
    for (const release of releases) {
      for (const architecture of ["amd64", "arm64"] as const) {
        const found = binaries(release, architecture, true);
        expect(found.map(({ name }) => name)).toEqual([
          "kubeadm",
          "kubelet",
          "kubectl",
          "runc",
          "containerd",
          "cni-plugins",
          "crictl",
          "etcd",
        ]);
        for (const { sha256, source } of found) {
          expect(sha256).toMatch(/^[0-9a-f]{64}$/);
          expect(source).not.toContain("{");
        }
      }
    }
  });

  test("have the publisher's URL and the version of the release", () => {
    expect(binaries("1.36.3", "arm64", false).map(({ source }) => source)).toEqual([
      "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubeadm",
      "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet",
      "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubectl",
      "https://github.com/opencontainers/runc/releases/download/v1.4.3/runc.arm64",
      "https://github.com/containerd/containerd/releases/download/v2.3.4/containerd-static-2.3.4-linux-arm64.tar.gz",
      "https://github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz",
      "https://github.com/kubernetes-sigs/cri-tools/releases/download/v1.36.0/crictl-v1.36.0-linux-arm64.tar.gz",
    ]);
  });

  test("are rejected for an unknown release", () => {
    expect(() => binaries("1.20.0", "amd64", false)).toThrow(
      "Kubernetes 1.20.0 is not in versions.json; use one of 1.36.4, 1.36.3, 1.35.8",
    );
  });
});
