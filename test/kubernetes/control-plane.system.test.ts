import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Cluster, etcdctl, until, version } from "./cluster.ts";
import type { Machine } from "./machine.ts";
import { noKubernetes } from "./requirements.ts";

const reason = noKubernetes();
beforeEach(({ skip }) => skip(reason !== undefined, reason));

let cluster: Cluster;
let machine: Machine;
const admin = ["kubectl", "--kubeconfig", "/etc/outside.conf"];
const seconds = 1000;

/** kubectl with the kubeconfig that the stack hands out. */
const kubectl = (...args: string[]) => machine.ask([...admin, ...args]);
const apply = (...objects: unknown[]) =>
  machine.ask([...admin, "apply", "--server-side", "--filename", "-"], {
    input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  });

beforeAll(async () => {
  if (reason !== undefined) return;
  cluster = new Cluster(await Cluster.plan({ controlPlanes: 1, pools: [{ name: "web", size: 2 }], drainSeconds: 15 }));
  machine = cluster.bootFirst();
}, 300 * seconds);

afterAll(() => cluster?.stop());

describe("a control plane of the generated keys", () => {
  test("admits the kubeconfig as an administrator, and not through system:masters", () => {
    const { status } = JSON.parse(kubectl("auth", "whoami", "--output", "json"));
    expect(status.userInfo).toMatchObject({
      username: "kube-admin",
      groups: ["kubeadm:cluster-admins", "system:authenticated"],
    });
    expect(kubectl("auth", "can-i", "*", "*", "--all-namespaces").trim()).toBe("yes");
    expect(JSON.parse(kubectl("version", "--output", "json")).serverVersion.gitVersion).toBe(`v${version}`);
  });

  test("refuses a stranger's certificate, whatever group it claims", async () => {
    const other = await Cluster.plan({ controlPlanes: 1, pools: [] });
    const [own, strange] = [cluster.planned, other].map((planned) => JSON.parse(String(planned.outputs.kubeconfig)));
    machine.write("/etc/stranger.conf", JSON.stringify({ ...own, users: strange.users }));
    const { status, stderr } = machine.run(["kubectl", "--kubeconfig", "/etc/stranger.conf", "get", "namespaces"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/must be logged in|Unauthorized/);
  });

  test("tells those who do not say who they are about its health, and nothing else", () => {
    const ask = (path: string) =>
      machine.ask([
        "curl",
        "--silent",
        "--cacert",
        "/etc/kubernetes/pki/ca.crt",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        `https://api.kube.internal:6443${path}`,
      ]);
    expect(["/readyz", "/livez", "/version", "/api", "/api/v1/namespaces", "/metrics"].map(ask)).toEqual([
      "200",
      "200",
      "401",
      "401",
      "401",
      "401",
    ]);
  });

  test("encrypts secrets in etcd", () => {
    apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "hidden", namespace: "default" },
      stringData: { word: "in-plain-sight" },
    });
    const raw = etcdctl(machine, "get", "/registry/secrets/default/hidden", "--print-value-only");
    expect(raw).toMatch(/^k8s:enc:secretbox:v1:first:/);
    expect(raw).not.toContain("in-plain-sight");
    expect(
      Buffer.from(kubectl("get", "secret", "hidden", "--output", "jsonpath={.data.word}"), "base64").toString(),
    ).toBe("in-plain-sight");
  });

  test("writes down who did what, without what was secret", () => {
    const events = machine
      .read("/var/log/kubernetes/audit.log")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        verb: "patch",
        level: "Metadata",
        user: expect.objectContaining({ username: "kube-admin" }),
        objectRef: expect.objectContaining({ resource: "secrets", name: "hidden" }),
      }),
    );
    expect(machine.read("/var/log/kubernetes/audit.log")).not.toContain("in-plain-sight");
  });

  test("has kubelets prove who they are, with certificates of their own authority", () => {
    const verify = spawnSync(
      "openssl",
      [
        "verify",
        "-CAfile",
        `${machine.root}/etc/kubernetes/apiserver/kubelet-ca.pem`,
        `${machine.root}/etc/paasmas/kubernetes/kubelet/certificate.pem`,
      ],
      { encoding: "utf8" },
    );
    expect(verify.stdout).toMatch(/: OK$/m);
    const text = spawnSync(
      "openssl",
      [
        "x509",
        "-noout",
        "-ext",
        "subjectAltName,extendedKeyUsage",
        "-in",
        `${machine.root}/etc/paasmas/kubernetes/kubelet/certificate.pem`,
      ],
      { encoding: "utf8" },
    ).stdout;
    expect(text).toContain("DNS:kube-0, IP Address:10.9.0.70");
    expect(text).toContain("TLS Web Server Authentication");
  });

  test("tells etcd's metrics where a monitor can ask for them, and is itself asked for etcd's health on the loopback address", () => {
    expect(machine.ask(["curl", "--silent", "http://10.9.0.70:2381/metrics"])).toMatch(/^etcd_server_has_leader 1$/m);
    const { containers } = parse(machine.read("/etc/kubernetes/manifests/etcd.yaml")).spec;
    expect(containers[0].livenessProbe.httpGet).toMatchObject({
      host: "127.0.0.1",
      path: expect.stringContaining("/livez"),
    });
  });
});

describe("what is planned", () => {
  test("was accepted: the pod network, the policies' enforcer, who may join, CoreDNS, kube-proxy", () => {
    expect(
      kubectl("get", "daemonsets,deployments", "--namespace", "kube-system", "--output", "name")
        .trim()
        .split("\n")
        .sort(),
    ).toEqual([
      "daemonset.apps/flannel",
      "daemonset.apps/kube-network-policies",
      "daemonset.apps/kube-proxy",
      "deployment.apps/coredns",
    ]);
    const dryRun = machine.ask([
      ...admin,
      "apply",
      "--server-side",
      "--dry-run=server",
      "--field-manager=paasmas",
      "--filename",
      "/etc/paasmas/kubernetes/manifests",
    ]);
    const lines = dryRun.trim().split("\n");
    expect(lines.filter((line) => line.endsWith(" serverside-applied (server dry run)"))).toHaveLength(14);
    expect(lines).toHaveLength(14);
  });

  test("nothing was left behind by kubeadm that lets anybody in: no token of its own, no public cluster-info", () => {
    expect(
      kubectl(
        "get",
        "secrets",
        "--namespace",
        "kube-system",
        "--field-selector",
        "type=bootstrap.kubernetes.io/token",
        "--output",
        "name",
      ),
    ).toBe("");
    expect(machine.run([...admin, "get", "configmap", "cluster-info", "--namespace", "kube-public"]).stderr).toContain(
      "not found",
    );
  });

  test("pods are restricted unless their namespace says otherwise", async () => {
    // The controllers make it a while after the namespace, and without it a pod is refused for want of it.
    await expect
      .poll(() => machine.run([...admin, "get", "serviceaccount", "default"]).status, {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(0);
    const pod = (name: string, more: object) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name: "x", image: "x", ...more }] },
    });
    const { status, stderr } = machine.run([...admin, "apply", "--filename", "-"], {
      input: JSON.stringify(pod("free", { securityContext: { privileged: true } })),
    });
    expect(status).toBe(1);
    expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  }, 90_000);

  test.each(["1.36.4", "1.36.3", "1.35.8"])(
    "every machine's settings are good ones for kubeadm, in release %s",
    async (release) => {
      const planned = await Cluster.plan({
        version: release,
        controlPlanes: 3,
        pools: [{ name: "web", size: 1, labels: { "example.com/disk": "fast" } }],
        certificateNames: ["kube.example.com"],
      });
      for (const name of ["kube-0", "kube-1", "kube-2", "kube-web-0"]) {
        const files = JSON.parse(planned.config(name).text).storage.files as {
          path: string;
          contents: { source: string };
        }[];
        const text = (file: string) => {
          const source = files.find(({ path }) => path === `/etc/paasmas/kubernetes/${file}`)?.contents.source;
          return source === undefined ? [] : [decodeURIComponent(source.replace("data:,", ""))];
        };
        machine.write(
          "/run/validate.yaml",
          ["cluster.json", "init.json", "kubelet.json", "proxy.json", "join.json"].flatMap(text).join("---\n"),
        );
        machine.write("/etc/paasmas/kubernetes/discovery.conf", text("discovery.conf").join(""), 0o600);
        const { status, stdout, stderr } = machine.run([
          "kubeadm",
          "config",
          "validate",
          "--config",
          "/run/validate.yaml",
        ]);
        expect([name, status, stdout, stderr]).toEqual([name, 0, "ok\n", ""]);
      }
    },
  );

  test("a wrong setting would have been noticed", () => {
    machine.write(
      "/run/validate.yaml",
      machine.read("/run/paasmas/kubernetes/kubeadm.yaml").replace('"seccompDefault"', '"seccompDefaults"'),
    );
    expect(machine.run(["kubeadm", "config", "validate", "--config", "/run/validate.yaml"]).status).not.toBe(0);
  });
});

/** CIS Kubernetes Benchmark 1.12, what kubeadm's manifests and the kubelets' settings decide. */
describe("CIS 1.12", () => {
  const flags = (component: string): Record<string, string> => {
    const pod = parse(machine.read(`/etc/kubernetes/manifests/${component}.yaml`)) as {
      spec: { containers: { command: string[] }[] };
    };
    return Object.fromEntries(
      pod.spec.containers[0]!.command.slice(1).map((flag) => /^--([^=]+)=(.*)$/.exec(flag)!.slice(1)),
    );
  };
  const kubelet = () =>
    parse(machine.read("/var/lib/kubelet/config.yaml")) as Record<string, unknown> & { tlsCipherSuites: string[] };

  test.each<[string, string, string, string, string | RegExp]>([
    [
      "1.2.1",
      "anonymous requests are limited",
      "kube-apiserver",
      "authentication-config",
      "/etc/kubernetes/apiserver/authentication.yaml",
    ],
    ["1.2.2", "no token file", "kube-apiserver", "token-auth-file", ""],
    [
      "1.2.3",
      "services have no external addresses",
      "kube-apiserver",
      "enable-admission-plugins",
      /DenyServiceExternalIPs/,
    ],
    [
      "1.2.4",
      "kubelets are asked with a certificate",
      "kube-apiserver",
      "kubelet-client-certificate",
      /apiserver-kubelet-client\.crt$/,
    ],
    [
      "1.2.5",
      "kubelets' certificates are verified",
      "kube-apiserver",
      "kubelet-certificate-authority",
      "/etc/kubernetes/apiserver/kubelet-ca.pem",
    ],
    ["1.2.6", "not everything is allowed", "kube-apiserver", "authorization-mode", /^Node,RBAC$/],
    ["1.2.7", "nodes are authorized", "kube-apiserver", "authorization-mode", /Node/],
    ["1.2.8", "roles are", "kube-apiserver", "authorization-mode", /RBAC/],
    ["1.2.9", "events are limited", "kube-apiserver", "enable-admission-plugins", /EventRateLimit/],
    ["1.2.10", "not everything is admitted", "kube-apiserver", "enable-admission-plugins", /^(?!.*AlwaysAdmit)/],
    ["1.2.12", "every pod has an account", "kube-apiserver", "disable-admission-plugins", ""],
    ["1.2.13", "nothing is made in a namespace that goes", "kube-apiserver", "disable-admission-plugins", ""],
    ["1.2.14", "a node changes itself only", "kube-apiserver", "enable-admission-plugins", /NodeRestriction/],
    ["1.2.15", "no profiling", "kube-apiserver", "profiling", "false"],
    ["1.2.16", "there is an audit log", "kube-apiserver", "audit-log-path", "/var/log/kubernetes/audit.log"],
    ["1.2.17", "kept for 30 days", "kube-apiserver", "audit-log-maxage", "30"],
    ["1.2.18", "in ten files", "kube-apiserver", "audit-log-maxbackup", "10"],
    ["1.2.19", "of 100 MB", "kube-apiserver", "audit-log-maxsize", "100"],
    ["1.2.20", "requests end", "kube-apiserver", "request-timeout", "300s"],
    ["1.2.21", "accounts are looked up, which is the default", "kube-apiserver", "service-account-lookup", ""],
    ["1.2.22", "accounts have a key of their own", "kube-apiserver", "service-account-key-file", /sa\.pub$/],
    ["1.2.23", "etcd is asked with a certificate", "kube-apiserver", "etcd-certfile", /apiserver-etcd-client\.crt$/],
    ["1.2.24", "the API has TLS", "kube-apiserver", "tls-cert-file", /apiserver\.crt$/],
    ["1.2.25", "clients have certificates", "kube-apiserver", "client-ca-file", /ca\.crt$/],
    ["1.2.26", "etcd's is verified", "kube-apiserver", "etcd-cafile", /etcd\/ca\.crt$/],
    [
      "1.2.27",
      "secrets are encrypted",
      "kube-apiserver",
      "encryption-provider-config",
      "/etc/kubernetes/apiserver/encryption.json",
    ],
    ["1.2.29", "with strong ciphers", "kube-apiserver", "tls-cipher-suites", /^(TLS_ECDHE_[A-Z0-9_]+,?)+$/],
    ["1.2.30", "tokens do not outlive their pod", "kube-apiserver", "service-account-extend-token-expiration", "false"],
    ["1.3.1", "ended pods are collected", "kube-controller-manager", "terminated-pod-gc-threshold", "1000"],
    ["1.3.2", "no profiling", "kube-controller-manager", "profiling", "false"],
    [
      "1.3.3",
      "controllers have accounts of their own",
      "kube-controller-manager",
      "use-service-account-credentials",
      "true",
    ],
    ["1.3.4", "and a key", "kube-controller-manager", "service-account-private-key-file", /sa\.key$/],
    ["1.3.5", "pods know the authority", "kube-controller-manager", "root-ca-file", /ca\.crt$/],
    [
      "1.3.6",
      "kubelets' server certificates can be rotated, which is the default",
      "kube-controller-manager",
      "feature-gates",
      "",
    ],
    ["1.3.7", "for this machine only", "kube-controller-manager", "bind-address", "127.0.0.1"],
    ["1.4.1", "no profiling", "kube-scheduler", "profiling", "false"],
    ["1.4.2", "for this machine only", "kube-scheduler", "bind-address", "127.0.0.1"],
    ["2.1", "etcd has TLS", "etcd", "cert-file", /server\.crt$/],
    ["2.2", "clients have certificates", "etcd", "client-cert-auth", "true"],
    ["2.3", "not made by itself", "etcd", "auto-tls", ""],
    ["2.4", "members have TLS", "etcd", "peer-cert-file", /peer\.crt$/],
    ["2.5", "and certificates", "etcd", "peer-client-cert-auth", "true"],
    ["2.6", "not made by themselves", "etcd", "peer-auto-tls", ""],
    ["2.7", "of etcd's own authority", "etcd", "trusted-ca-file", /etcd\/ca\.crt$/],
  ])("%s %s", (_, __, component, flag, expected) => {
    const value = flags(component)[flag] ?? "";
    if (typeof expected === "string") expect(value).toBe(expected);
    else expect(value).toMatch(expected);
  });

  test.each<[string, string, string[], unknown]>([
    ["4.2.1", "nobody is anonymous", ["authentication", "anonymous", "enabled"], false],
    ["4.2.2", "the API server says who may", ["authorization", "mode"], "Webhook"],
    ["4.2.3", "clients have certificates", ["authentication", "x509", "clientCAFile"], "/etc/kubernetes/pki/ca.crt"],
    ["4.2.4", "no port without them", ["readOnlyPort"], undefined],
    ["4.2.5", "idle connections end", ["streamingConnectionIdleTimeout"], "5m0s"],
    ["4.2.6", "it makes its packet filter rules", ["makeIPTablesUtilChains"], true],
    ["4.2.8", "events are captured", ["eventRecordQPS"], 50],
    ["4.2.9", "it has a certificate", ["tlsCertFile"], "/etc/paasmas/kubernetes/kubelet/certificate.pem"],
    ["4.2.10", "and renews its other one", ["rotateCertificates"], true],
    ["4.2.13", "pods have a limit of processes", ["podPidsLimit"], 4096],
    ["4.2.14", "and a seccomp profile", ["seccompDefault"], true],
  ])("%s %s", (_, __, path, expected) => {
    expect(
      path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], kubelet()),
    ).toEqual(expected);
  });

  test("1.2.28, 4.2.12, 4.3.1: how secrets are encrypted, the kubelet's ciphers, kube-proxy's metrics", () => {
    const encryption = JSON.parse(machine.read("/etc/kubernetes/apiserver/encryption.json"));
    expect(Object.keys(encryption.resources[0].providers[0])).toEqual(["secretbox"]);
    expect(kubelet().tlsCipherSuites).toHaveLength(6);
    for (const suite of kubelet().tlsCipherSuites) expect(suite).toMatch(/^TLS_ECDHE_.*(GCM|CHACHA20)/);
    const proxy = kubectl(
      "get",
      "configmap",
      "kube-proxy",
      "--namespace",
      "kube-system",
      "--output",
      "jsonpath={.data.config\\.conf}",
    );
    expect((parse(proxy) as Record<string, unknown>).metricsBindAddress).toBe("127.0.0.1:10249");
  });

  test("1.1, 4.1: files that grant something belong to root alone", () => {
    const files = [
      "admin.conf",
      "super-admin.conf",
      "controller-manager.conf",
      "scheduler.conf",
      "kubelet.conf",
      "pki/ca.key",
      "pki/apiserver.key",
      "pki/sa.key",
      "pki/etcd/server.key",
      "pki/etcd/ca.key",
      ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map(
        (name) => `manifests/${name}.yaml`,
      ),
      "apiserver/encryption.json",
    ].map((name) => `/etc/kubernetes/${name}`);
    for (const path of [
      ...files,
      "/var/lib/kubelet/config.yaml",
      "/etc/paasmas/kubernetes/join-key",
      "/etc/paasmas/kubernetes/kubelet/key.pem",
    ]) {
      const [mode, owner] = machine.ask(["stat", "--format", "%a %U:%G", path]).trim().split(" ");
      expect([path, owner, Number.parseInt(mode!, 8) & 0o077]).toEqual([path, "root:root", 0]);
    }
    expect(machine.ask(["stat", "--format", "%a", "/var/lib/paasmas/kubernetes/etcd"]).trim()).toBe("700");
  });
});

describe("a worker", () => {
  const secrets = () =>
    JSON.parse(
      kubectl(
        "get",
        "secrets",
        "--namespace",
        "kube-system",
        "--field-selector",
        "type=bootstrap.kubernetes.io/token",
        "--output",
        "json",
      ),
    ).items as {
      metadata: { name: string; labels: Record<string, string> };
      data: Record<string, string>;
    }[];
  const decoded = (value: string) => Buffer.from(value, "base64").toString();
  const token = (name: string) => {
    const files = cluster.config(name).storage!.files!;
    const source = files.find(({ path }) => path.endsWith("/discovery.conf"))!.contents!.source!;
    return JSON.parse(decodeURIComponent(source.replace("data:,", ""))).users[0].user.token as string;
  };
  const authenticate = (bearer: string) =>
    machine.ask([
      "curl",
      "--silent",
      "--cacert",
      "/etc/kubernetes/pki/ca.crt",
      "--output",
      "/dev/null",
      "--write-out",
      "%{http_code}",
      "--header",
      `Authorization: Bearer ${bearer}`,
      "https://api.kube.internal:6443/version",
    ]);

  test(
    "is let in by a token for the next machine of its pool alone, for an hour",
    async () => {
      expect(authenticate(token("kube-web-0"))).toBe("401");
      const { status, stderr } = machine.script("kubernetes-tokens", ["once"]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(secrets().map(({ metadata }) => metadata.labels["paasmas/machine"])).toEqual(["kube-web-0"]);
      const { data } = secrets()[0]!;
      const left = Date.parse(decoded(data.expiration!)) - Date.now();
      expect([left > 55 * 60 * seconds, left <= 60 * 60 * seconds]).toEqual([true, true]);
      expect(data["usage-bootstrap-signing"]).toBeUndefined();
      await until("the token is known", () => authenticate(token("kube-web-0")) === "200");
      expect(authenticate(token("kube-web-1"))).toBe("401");
      // A token asks for a certificate and for what kubeadm join reads, and for nothing else.
      const may = (verb: string, what: string, ...more: string[]) =>
        machine
          .run([
            "kubectl",
            "--server=https://api.kube.internal:6443",
            "--certificate-authority=/etc/kubernetes/pki/ca.crt",
            `--token=${token("kube-web-0")}`,
            "auth",
            "can-i",
            verb,
            what,
            ...more,
          ])
          .stdout.trim();
      expect([
        may("create", "certificatesigningrequests.certificates.k8s.io"),
        may("get", "configmaps/kubeadm-config", "-n", "kube-system"),
        may("list", "secrets", "-A"),
        may("list", "pods", "-A"),
        may("delete", "nodes"),
      ]).toEqual(["yes", "yes", "no", "no", "no"]);
    },
    60 * seconds,
  );

  test(
    "with a token that has expired it is refused, and so is one with another secret",
    async () => {
      const [id, secret] = token("kube-web-0").split(".") as [string, string];
      expect(authenticate(`${id}.${secret.split("").reverse().join("")}`)).toBe("401");
      const name = `bootstrap-token-${id}`;
      const expire = (at: string) =>
        kubectl(
          "patch",
          "secret",
          name,
          "--namespace",
          "kube-system",
          "--type",
          "merge",
          "--patch",
          JSON.stringify({ stringData: { expiration: at } }),
        );
      expire(new Date(Date.now() - 60_000).toISOString().replace(/\.\d+/, ""));
      await until("the token is refused", () => authenticate(token("kube-web-0")) === "401");
      await until("the expired token is removed", () => secrets().length === 0);
      const worker = cluster.make("kube-web-0");
      cluster.startKubelet(worker);
      const attempt = worker.script("kubernetes-worker", [], { timeoutSeconds: 8 });
      expect(attempt).toMatchObject({
        status: 128,
        stdout: "kubernetes-worker: waiting for an API server that accepts name=kube-web-0\n",
      });
      expect(kubectl("get", "csr", "--output", "name")).toBe("");
      expect(worker.has("/etc/kubernetes/kubelet.conf")).toBe(false);
    },
    120 * seconds,
  );

  test(
    "joins by its token, through a request that is approved and signed",
    async () => {
      expect(machine.script("kubernetes-tokens", ["once"]).status).toBe(0);
      const worker = cluster.get("kube-web-0");
      const { status, stdout, stderr } = worker.script("kubernetes-worker", [], { timeoutSeconds: 180 });
      expect([status, status === 0 ? "" : stdout + stderr + worker.log("stand-in")]).toEqual([0, ""]);
      expect(stdout).toContain(`kubernetes-worker: ready name=kube-web-0 version=${version}`);
      const [request] = JSON.parse(kubectl("get", "csr", "--output", "json")).items;
      expect(request.spec).toMatchObject({
        username: `system:bootstrap:${token("kube-web-0").split(".")[0]}`,
        signerName: "kubernetes.io/kube-apiserver-client-kubelet",
      });
      expect(request.status.conditions[0]).toMatchObject({ type: "Approved", reason: "AutoApproved" });
      const whoami = JSON.parse(
        worker.ask(["kubectl", "--kubeconfig", "/etc/kubernetes/kubelet.conf", "auth", "whoami", "--output", "json"]),
      );
      expect(whoami.status.userInfo).toMatchObject({
        username: "system:node:kube-web-0",
        groups: ["system:nodes", "system:authenticated"],
      });
      // The settings come from the cluster.
      expect(worker.read("/var/lib/kubelet/config.yaml")).toContain("seccompDefault: true");
      expect(worker.has("/etc/paasmas/kubernetes/discovery.conf")).toBe(false);
      await until("the node is Ready", () => worker.run(["/opt/paasmas/bin/ready"]).status === 0);
    },
    240 * seconds,
  );

  test("needs no token any more, and the next one gets its own", () => {
    expect(machine.script("kubernetes-tokens", ["once"]).stdout).toContain("deleting token machine=kube-web-0");
    expect(secrets().map(({ metadata }) => metadata.labels["paasmas/machine"])).toEqual(["kube-web-1"]);
    expect(machine.script("kubernetes-tokens", ["once"])).toMatchObject({ status: 0, stdout: "" });
  });

  const pod = (name: string, node: string, labels: Record<string, string> = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", labels },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "x",
          image: "registry.example/x:1",
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  const pods = () =>
    kubectl("get", "pods", "--namespace", "shop", "--output", "jsonpath={.items[*].metadata.name}").split(" ").sort();
  const marks = () => {
    const { spec, metadata } = JSON.parse(kubectl("get", "node", "kube-web-0", "--output", "json"));
    return [spec.unschedulable ?? false, metadata.annotations?.["paasmas/drained"]];
  };

  test(
    "moves its pods elsewhere before it stops, with its own certificate; budgets are kept while there is time",
    async () => {
      apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
      await until(
        "the namespace has its account",
        () => machine.run([...admin, "get", "serviceaccount", "default", "--namespace", "shop"]).status === 0,
      );
      const budget = { minAvailable: 1, selector: { matchLabels: { app: "db" } } };
      apply({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "db", namespace: "shop" },
        spec: budget,
      });
      for (const one of [
        pod("free", "kube-web-0"),
        pod("db", "kube-web-0", { app: "db" }),
        pod("elsewhere", "kube-0"),
      ]) {
        machine.ask([...admin, "create", "--filename", "-"], { input: JSON.stringify(one) });
      }
      const worker = cluster.get("kube-web-0");
      const own = ["kubectl", "--kubeconfig", "/etc/kubernetes/kubelet.conf"];
      await until(
        "the budget is known",
        () =>
          kubectl("get", "pdb", "db", "--namespace", "shop", "--output", "jsonpath={.status.currentHealthy}") === "1",
      );

      const { status, stdout, stderr } = worker.script("kubernetes-drain", ["away"]);
      expect([status, stdout, stderr]).toEqual([
        0,
        "kubernetes-drain: evicted pod=shop/free\n",
        'kubernetes-drain: timed out remaining="shop db"\n',
      ]);
      expect(pods()).toEqual(["db", "elsewhere"]);
      expect(marks()).toEqual([true, "true"]);
      expect(worker.run(["/opt/paasmas/bin/ready"]).status).not.toBe(0);
      // Another node's pods are none of its business.
      const eviction = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name: "elsewhere", namespace: "shop" },
      };
      const foreign = worker.run(
        [...own, "create", "--raw", "/api/v1/namespaces/shop/pods/elsewhere/eviction", "--filename", "-"],
        { input: JSON.stringify(eviction) },
      );
      expect(foreign.stderr).toContain("can only evict pods with spec.nodeName set to itself");
    },
    200 * seconds,
  );

  test(
    "takes pods again when it is back; an operator's cordon stays",
    () => {
      const worker = cluster.get("kube-web-0");
      expect(worker.script("kubernetes-drain", ["back"]).status).toBe(0);
      expect(marks()).toEqual([false, undefined]);
      kubectl("delete", "pdb", "db", "--namespace", "shop");
      kubectl("cordon", "kube-web-0");
      expect(worker.script("kubernetes-drain", ["away"]).stdout).toBe(
        "kubernetes-drain: already cordoned name=kube-web-0\nkubernetes-drain: evicted pod=shop/db\n",
      );
      expect(worker.script("kubernetes-drain", ["back"]).status).toBe(0);
      expect(marks()).toEqual([true, undefined]);
      kubectl("uncordon", "kube-web-0");
    },
    100 * seconds,
  );

  test(
    "a machine with a newer version than the API servers is refused",
    () => {
      const worker = cluster.make("kube-web-1");
      expect(machine.script("kubernetes-tokens", ["once"]).status).toBe(0);
      worker.write(
        "/etc/paasmas/kubernetes.env",
        worker.read("/etc/paasmas/kubernetes.env").replace(`VERSION=${version}`, "VERSION=1.37.0"),
      );
      const { status, stderr } = worker.script("kubernetes-worker");
      expect([status, stderr]).toEqual([
        78,
        `kubernetes-worker: kubelet 1.37.0 is newer than the API servers (${version}); upgrade the control planes first\n`,
      ]);
      cluster.destroy(worker);
    },
    100 * seconds,
  );
});

describe("day two", () => {
  const note = (name: string) =>
    apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
  const notes = () =>
    kubectl("get", "configmaps", "--namespace", "default", "--output", "jsonpath={.items[*].metadata.name}")
      .split(" ")
      .filter((name) => name.startsWith("note"));

  test("is healthy, for the load balancer and for the gate", () => {
    expect(machine.run(["/opt/paasmas/bin/kubernetes-health"]).status).toBe(0);
    expect(machine.run(["/opt/paasmas/bin/ready"]).status).toBe(0);
    machine.write("/run/paasmas/kubernetes/draining", "");
    expect(machine.run(["/opt/paasmas/bin/kubernetes-health"]).status).toBe(1);
    machine.remove("/run/paasmas/kubernetes/draining");
  });

  test(
    "its certificates are good for a year, and are renewed before their end",
    () => {
      const { status, stdout } = machine.script("kubernetes-certificates");
      expect(status).toBe(0);
      const [, first] = /first_expiry=(\S+)/.exec(stdout)!;
      const days = (Date.parse(first!) - Date.now()) / 86_400_000;
      expect([days > 360, days < 366]).toEqual([true, true]);
      const before = machine.read("/etc/kubernetes/pki/apiserver.crt");
      machine.write(
        "/opt/paasmas/bin/renew-now",
        machine.read("/opt/paasmas/bin/kubernetes-certificates").replace("+90 days", "+900 days"),
        0o755,
      );
      const renewed = machine.script("renew-now");
      expect([renewed.status, renewed.stderr]).toEqual([0, ""]);
      expect(machine.read("/etc/kubernetes/pki/apiserver.crt")).not.toBe(before);
    },
    100 * seconds,
  );

  test(
    "a snapshot is restored: what came after it is gone, what came before is there",
    async () => {
      note("note-before");
      const made = machine.script("kubernetes-backup");
      expect(made.status).toBe(0);
      const snapshot =
        /kubernetes-backup: saved path=(\/var\/lib\/paasmas\/kubernetes\/backups\/kube-\d{8}T\d{6}Z\.db)/.exec(
          made.stdout,
        )![1]!;
      // Secrets in it are of no use without the key, which is not in it.
      expect(readFileSync(`${machine.root}${snapshot}`).includes("in-plain-sight")).toBe(false);
      note("note-after");
      expect(machine.script("kubernetes-restore", [snapshot]).stderr).toContain("etcd is running");
      cluster.stopKubelet(machine);
      await until("etcd has ended", () => machine.run(["bash", "-c", ": </dev/tcp/127.0.0.1/2379"]).status !== 0);
      const restored = machine.script("kubernetes-restore", [snapshot]);
      expect([restored.status, restored.stdout.includes("restored; next: systemctl restart")]).toEqual([0, true]);
      expect(cluster.boot(machine).status).toBe(0);
      expect(notes()).toEqual(["note-before"]);
    },
    240 * seconds,
  );

  test(
    "a reboot changes nothing",
    () => {
      cluster.stopKubelet(machine);
      const { status, stdout } = cluster.boot(machine);
      expect([status, stdout.includes("etcd starts state=existing")]).toEqual([0, true]);
      expect(notes()).toEqual(["note-before"]);
    },
    240 * seconds,
  );

  test(
    "a new machine goes on with the old one's data volume, and the same kubeconfig",
    () => {
      const volume = "/var/lib/paasmas/kubernetes";
      cluster.stopKubelet(machine);
      const saved = spawnSync("tar", ["-C", `${machine.root}${volume}`, "-cf", "-", "."], {
        maxBuffer: 1 << 30,
      }).stdout;
      const kubeconfig = machine.read("/etc/outside.conf");
      cluster.destroy(machine);
      machine = cluster.make("kube-0", ["10.9.0.79"]);
      machine.write("/etc/outside.conf", kubeconfig);
      spawnSync("mkdir", ["-p", `${machine.root}${volume}`]);
      spawnSync("tar", ["-C", `${machine.root}${volume}`, "-xf", "-"], { input: saved });
      const { status, stdout } = cluster.boot(machine);
      expect([status, stdout.includes("etcd starts state=existing")]).toEqual([0, true]);
      expect(notes()).toEqual(["note-before"]);
    },
    240 * seconds,
  );

  test.each([
    ["1.38.0", `from ${version} to 1.38.0 skips a minor version; go to 1.37 first`],
    ["1.35.8", `1.35.8 is older than ${version}, which wrote the cluster's data; restore an older backup instead`],
  ])("%s is refused, and what runs runs on", (other, message) => {
    const parameters = machine.read("/etc/paasmas/kubernetes.env");
    machine.write("/etc/paasmas/kubernetes.env", parameters.replace(`VERSION=${version}`, `VERSION=${other}`));
    const { status, stderr } = machine.script("kubernetes-control-plane");
    machine.write("/etc/paasmas/kubernetes.env", parameters);
    expect([status, stderr.trimEnd().split("\n").at(-1)]).toEqual([78, `kubernetes-control-plane: ${message}`]);
    expect(machine.run(["/opt/paasmas/bin/ready"]).status).toBe(0);
  });
});
