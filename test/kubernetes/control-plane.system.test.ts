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

/** kubectl with the kubeconfig of the stack. */
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

describe("a control plane with the generated keys", () => {
  test("accepts the kubeconfig as an administrator, but not through system:masters", () => {
    const { status } = JSON.parse(kubectl("auth", "whoami", "--output", "json"));
    expect(status.userInfo).toMatchObject({
      username: "kube-admin",
      groups: ["kubeadm:cluster-admins", "system:authenticated"],
    });
    expect(kubectl("auth", "can-i", "*", "*", "--all-namespaces").trim()).toBe("yes");
    expect(JSON.parse(kubectl("version", "--output", "json")).serverVersion.gitVersion).toBe(`v${version}`);
  });

  test("rejects a certificate of an unknown authority, for any group", async () => {
    const other = await Cluster.plan({ controlPlanes: 1, pools: [] });
    const [own, strange] = [cluster.planned, other].map((planned) => JSON.parse(String(planned.outputs.kubeconfig)));
    machine.write("/etc/stranger.conf", JSON.stringify({ ...own, users: strange.users }));
    const { status, stderr } = machine.run(["kubectl", "--kubeconfig", "/etc/stranger.conf", "get", "namespaces"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/must be logged in|Unauthorized/);
  });

  test("answers anonymous requests for its health and rejects all others", () => {
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

  test("logs the user of each request, without secrets", () => {
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

  test("requires certificates of a separate authority from kubelets", () => {
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

  test("serves etcd's metrics to the monitoring machine, and etcd's health only on the loopback address", () => {
    expect(machine.ask(["curl", "--silent", "http://10.9.0.70:2381/metrics"])).toMatch(/^etcd_server_has_leader 1$/m);
    const { containers } = parse(machine.read("/etc/kubernetes/manifests/etcd.yaml")).spec;
    expect(containers[0].livenessProbe.httpGet).toMatchObject({
      host: "127.0.0.1",
      path: expect.stringContaining("/livez"),
    });
  });
});

describe("the planned objects", () => {
  test("were accepted: pod network, network policies, rights to join, CoreDNS, kube-proxy", () => {
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

  test("contain no public access from kubeadm: no default token, no public cluster-info", () => {
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

  test("restrict pods, unless their namespace allows more", async () => {
    // A controller creates the account a while after the namespace. Pods are rejected until then.
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
    "contain valid settings for kubeadm %s on every machine",
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

  test("fail the check of kubeadm if a setting is wrong", () => {
    machine.write(
      "/run/validate.yaml",
      machine.read("/run/paasmas/kubernetes/kubeadm.yaml").replace('"seccompDefault"', '"seccompDefaults"'),
    );
    expect(machine.run(["kubeadm", "config", "validate", "--config", "/run/validate.yaml"]).status).not.toBe(0);
  });
});

/** CIS Kubernetes Benchmark 1.12: the rules for kubeadm's manifests and the settings of kubelets. */
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
      "limits anonymous requests",
      "kube-apiserver",
      "authentication-config",
      "/etc/kubernetes/apiserver/authentication.yaml",
    ],
    ["1.2.2", "uses no token file", "kube-apiserver", "token-auth-file", ""],
    [
      "1.2.3",
      "denies external addresses of services",
      "kube-apiserver",
      "enable-admission-plugins",
      /DenyServiceExternalIPs/,
    ],
    [
      "1.2.4",
      "sends a certificate to kubelets",
      "kube-apiserver",
      "kubelet-client-certificate",
      /apiserver-kubelet-client\.crt$/,
    ],
    [
      "1.2.5",
      "verifies the certificates of kubelets",
      "kube-apiserver",
      "kubelet-certificate-authority",
      "/etc/kubernetes/apiserver/kubelet-ca.pem",
    ],
    ["1.2.6", "does not authorize all requests", "kube-apiserver", "authorization-mode", /^Node,RBAC$/],
    ["1.2.7", "authorizes nodes", "kube-apiserver", "authorization-mode", /Node/],
    ["1.2.8", "authorizes roles", "kube-apiserver", "authorization-mode", /RBAC/],
    ["1.2.9", "limits events", "kube-apiserver", "enable-admission-plugins", /EventRateLimit/],
    ["1.2.10", "does not admit all objects", "kube-apiserver", "enable-admission-plugins", /^(?!.*AlwaysAdmit)/],
    ["1.2.12", "gives every pod an account", "kube-apiserver", "disable-admission-plugins", ""],
    [
      "1.2.13",
      "creates no object in a namespace that is being deleted",
      "kube-apiserver",
      "disable-admission-plugins",
      "",
    ],
    ["1.2.14", "lets a node change only itself", "kube-apiserver", "enable-admission-plugins", /NodeRestriction/],
    ["1.2.15", "turns profiling off in the API server", "kube-apiserver", "profiling", "false"],
    ["1.2.16", "writes an audit log", "kube-apiserver", "audit-log-path", "/var/log/kubernetes/audit.log"],
    ["1.2.17", "keeps the audit log for 30 days", "kube-apiserver", "audit-log-maxage", "30"],
    ["1.2.18", "keeps ten files of the audit log", "kube-apiserver", "audit-log-maxbackup", "10"],
    ["1.2.19", "limits a file of the audit log to 100 MB", "kube-apiserver", "audit-log-maxsize", "100"],
    ["1.2.20", "ends requests after a time limit", "kube-apiserver", "request-timeout", "300s"],
    ["1.2.21", "looks accounts up, which is the default", "kube-apiserver", "service-account-lookup", ""],
    ["1.2.22", "has a separate key for accounts", "kube-apiserver", "service-account-key-file", /sa\.pub$/],
    ["1.2.23", "sends a certificate to etcd", "kube-apiserver", "etcd-certfile", /apiserver-etcd-client\.crt$/],
    ["1.2.24", "serves the API with TLS", "kube-apiserver", "tls-cert-file", /apiserver\.crt$/],
    ["1.2.25", "accepts certificates of clients", "kube-apiserver", "client-ca-file", /ca\.crt$/],
    ["1.2.26", "verifies etcd's certificate", "kube-apiserver", "etcd-cafile", /etcd\/ca\.crt$/],
    [
      "1.2.27",
      "encrypts secrets",
      "kube-apiserver",
      "encryption-provider-config",
      "/etc/kubernetes/apiserver/encryption.json",
    ],
    ["1.2.29", "allows only strong ciphers", "kube-apiserver", "tls-cipher-suites", /^(TLS_ECDHE_[A-Z0-9_]+,?)+$/],
    ["1.2.30", "ends tokens with their pod", "kube-apiserver", "service-account-extend-token-expiration", "false"],
    ["1.3.1", "collects ended pods", "kube-controller-manager", "terminated-pod-gc-threshold", "1000"],
    ["1.3.2", "turns profiling off in the controller manager", "kube-controller-manager", "profiling", "false"],
    ["1.3.3", "gives each controller an account", "kube-controller-manager", "use-service-account-credentials", "true"],
    [
      "1.3.4",
      "has a key for the tokens of accounts",
      "kube-controller-manager",
      "service-account-private-key-file",
      /sa\.key$/,
    ],
    ["1.3.5", "gives pods the certificate of the authority", "kube-controller-manager", "root-ca-file", /ca\.crt$/],
    [
      "1.3.6",
      "allows the rotation of kubelets' server certificates, which is the default",
      "kube-controller-manager",
      "feature-gates",
      "",
    ],
    [
      "1.3.7",
      "opens the controller manager's port only on the loopback address",
      "kube-controller-manager",
      "bind-address",
      "127.0.0.1",
    ],
    ["1.4.1", "turns profiling off in the scheduler", "kube-scheduler", "profiling", "false"],
    ["1.4.2", "opens the scheduler's port only on the loopback address", "kube-scheduler", "bind-address", "127.0.0.1"],
    ["2.1", "serves etcd with TLS", "etcd", "cert-file", /server\.crt$/],
    ["2.2", "requires certificates of etcd's clients", "etcd", "client-cert-auth", "true"],
    ["2.3", "uses no certificate that etcd creates for clients", "etcd", "auto-tls", ""],
    ["2.4", "uses TLS between etcd's members", "etcd", "peer-cert-file", /peer\.crt$/],
    ["2.5", "requires certificates of etcd's members", "etcd", "peer-client-cert-auth", "true"],
    ["2.6", "uses no certificate that etcd creates for members", "etcd", "peer-auto-tls", ""],
    ["2.7", "uses a separate authority for etcd", "etcd", "trusted-ca-file", /etcd\/ca\.crt$/],
  ])("%s %s", (_, __, component, flag, expected) => {
    const value = flags(component)[flag] ?? "";
    if (typeof expected === "string") expect(value).toBe(expected);
    else expect(value).toMatch(expected);
  });

  test.each<[string, string, string[], unknown]>([
    ["4.2.1", "allows no anonymous request to the kubelet", ["authentication", "anonymous", "enabled"], false],
    ["4.2.2", "asks the API server about the rights of the kubelet's clients", ["authorization", "mode"], "Webhook"],
    [
      "4.2.3",
      "requires certificates of the kubelet's clients",
      ["authentication", "x509", "clientCAFile"],
      "/etc/kubernetes/pki/ca.crt",
    ],
    ["4.2.4", "opens no read-only port of the kubelet", ["readOnlyPort"], undefined],
    ["4.2.5", "ends idle connections to the kubelet", ["streamingConnectionIdleTimeout"], "5m0s"],
    ["4.2.6", "lets the kubelet manage packet filter rules", ["makeIPTablesUtilChains"], true],
    ["4.2.8", "captures events", ["eventRecordQPS"], 50],
    [
      "4.2.9",
      "has a certificate for the kubelet's server",
      ["tlsCertFile"],
      "/etc/paasmas/kubernetes/kubelet/certificate.pem",
    ],
    ["4.2.10", "renews the kubelet's client certificate", ["rotateCertificates"], true],
    ["4.2.13", "limits the processes of a pod", ["podPidsLimit"], 4096],
    ["4.2.14", "gives pods a seccomp profile", ["seccompDefault"], true],
  ])("%s %s", (_, __, path, expected) => {
    expect(
      path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], kubelet()),
    ).toEqual(expected);
  });

  test("1.2.28, 4.2.12, 4.3.1: encryption of secrets, ciphers of the kubelet, metrics of kube-proxy", () => {
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

  test("1.1, 4.1: only root can read files with credentials", () => {
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
    "joins only with a token for the next machine of its pool, which is valid for an hour",
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
      // A token may only request a certificate and read the objects that kubeadm join needs.
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
    "is rejected with an expired token, and with a token with another secret",
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
    "joins with its token, through a request that is approved and signed",
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

  test("needs no token after it has joined, and the next machine gets another token", () => {
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
    "moves its pods before it stops, with its certificate, and respects disruption budgets until the time limit",
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
      // It may not evict pods of another node.
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
    "accepts pods again after its return, and keeps an operator's cordon",
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
    "is rejected if its version is newer than that of the API servers",
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
        `kubernetes-worker: kubelet 1.37.0 is newer than the API servers (${version}); ` +
          "upgrade the control planes first\n",
      ]);
      cluster.destroy(worker);
    },
    100 * seconds,
  );
});

describe("the operation of a control plane", () => {
  const note = (name: string) =>
    apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
  const notes = () =>
    kubectl("get", "configmaps", "--namespace", "default", "--output", "jsonpath={.items[*].metadata.name}")
      .split(" ")
      .filter((name) => name.startsWith("note"));

  test("reports itself as healthy to the load balancer and to the gate", () => {
    expect(machine.run(["/opt/paasmas/bin/kubernetes-health"]).status).toBe(0);
    expect(machine.run(["/opt/paasmas/bin/ready"]).status).toBe(0);
    machine.write("/run/paasmas/kubernetes/draining", "");
    expect(machine.run(["/opt/paasmas/bin/kubernetes-health"]).status).toBe(1);
    machine.remove("/run/paasmas/kubernetes/draining");
  });

  test(
    "has certificates for a year, and renews them before they expire",
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
    "restores a snapshot: later objects are gone, earlier ones are back",
    async () => {
      note("note-before");
      const made = machine.script("kubernetes-backup");
      expect(made.status).toBe(0);
      const snapshot =
        /kubernetes-backup: saved path=(\/var\/lib\/paasmas\/kubernetes\/backups\/kube-\d{8}T\d{6}Z\.db)/.exec(
          made.stdout,
        )![1]!;
      // Secrets in the snapshot are encrypted, and the key is not in it.
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
    "changes nothing in a reboot",
    () => {
      cluster.stopKubelet(machine);
      const { status, stdout } = cluster.boot(machine);
      expect([status, stdout.includes("etcd starts state=existing")]).toEqual([0, true]);
      expect(notes()).toEqual(["note-before"]);
    },
    240 * seconds,
  );

  test(
    "continues on a new machine with the old data volume and the same kubeconfig",
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
  ])("rejects %s and keeps the running programs", (other, message) => {
    const parameters = machine.read("/etc/paasmas/kubernetes.env");
    machine.write("/etc/paasmas/kubernetes.env", parameters.replace(`VERSION=${version}`, `VERSION=${other}`));
    const { status, stderr } = machine.script("kubernetes-control-plane");
    machine.write("/etc/paasmas/kubernetes.env", parameters);
    expect([status, stderr.trimEnd().split("\n").at(-1)]).toEqual([78, `kubernetes-control-plane: ${message}`]);
    expect(machine.run(["/opt/paasmas/bin/ready"]).status).toBe(0);
  });
});
