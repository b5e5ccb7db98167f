import { planned, urnOf } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";
import { group, object } from "./kubernetes.ts";

const enforce = "pod-security.kubernetes.io/enforce";
const namespace = (name: string, labels?: Record<string, unknown>) =>
  planned("kubernetes:core/v1:Namespace", name, { metadata: { name, ...(labels && { labels }) } });
const restricted = { [enforce]: "restricted" };
const unknownObject = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

const networkPolicy = (spec: unknown, more: Record<string, unknown> = {}) =>
  object("networking.k8s.io/v1:NetworkPolicy", "deny", { spec, ...more });
const deny = { podSelector: {}, policyTypes: ["Ingress"] };

const gateway = (listeners: unknown) =>
  object("gateway.networking.k8s.io/v1:Gateway", "public", { spec: { listeners } });
const secure = { name: "https", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "wildcard" }] } };
const plainListener = { name: "http", port: 80, protocol: "HTTP" };
const route = (name: string, spec: Record<string, unknown>) =>
  object("gateway.networking.k8s.io/v1:HTTPRoute", name, { spec });
const redirect = { filters: [{ type: "RequestRedirect", requestRedirect: { scheme: "https", statusCode: 301 } }] };
const redirecting = route("redirect", { parentRefs: [{ name: "public", sectionName: "http" }], rules: [redirect] });

const role = (rules: unknown[], kind = "Role") => object(`rbac.authorization.k8s.io/v1:${kind}`, "worker", { rules });
const binding = (roleRef: unknown, subjects: unknown[] = [], kind = "ClusterRoleBinding") =>
  object(`rbac.authorization.k8s.io/v1:${kind}`, "worker", { roleRef, subjects });
const worker = { kind: "ServiceAccount", name: "worker", namespace: "shop" };

const release = (inputs: Record<string, unknown>, options: Parameters<typeof planned>[3] = {}) =>
  planned("kubernetes:helm.sh/v3:Release", "paas", inputs, options);
const chart = (inputs: Record<string, unknown>) =>
  planned("kubernetes:helm.sh/v4:Chart", "paas", inputs, { custom: false });
const file = (inputs: Record<string, unknown>) =>
  planned("kubernetes:yaml/v2:ConfigFile", "file", inputs, { custom: false });

export const cases: Case[] = [
  {
    policy: "kubernetes-namespace-pod-security",
    given: "a namespace without the label, and one with a lower standard",
    resources: [
      namespace("shop"),
      namespace("build", { [enforce]: "privileged" }),
      object("core/v1:NamespacePatch", "kube-system", { metadata: { labels: { [enforce]: "baseline" } } }),
    ],
    expected: [
      `shop: the label ${enforce} is not set; allowed: "restricted"`,
      `build: the label ${enforce} is "privileged"; allowed: "restricted"`,
      `kube-system: the label ${enforce} is "baseline"; allowed: "restricted"`,
    ],
  },
  {
    policy: "kubernetes-namespace-pod-security",
    given: "a namespace that matches a pattern for the objects in it",
    resources: [namespace("build", { [enforce]: "privileged" }), namespace("builds", { [enforce]: "privileged" })],
    config: { "kubernetes-namespace-pod-security": { exemptions: [{ resource: "build/*", reason: "builds images" }] } },
    expected: [
      `exempted (builds images): build: the label ${enforce} is "privileged"; allowed: "restricted"`,
      `builds: the label ${enforce} is "privileged"; allowed: "restricted"`,
    ],
  },
  {
    policy: "kubernetes-namespace-pod-security",
    given: "the restricted standard, an unknown label, and a patch without the label",
    resources: [
      namespace("shop", restricted),
      planned("kubernetes:core/v1:Namespace", "x", { metadata: unknownObject }),
      object("core/v1:NamespacePatch", "kube-system"),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-no-default-namespace",
    given: "a missing namespace, and the namespace default",
    resources: [
      planned("kubernetes:core/v1:Service", "web", { spec: {} }),
      object("core/v1:ConfigMap", "settings", { metadata: { namespace: "default" } }),
    ],
    expected: [
      'settings: metadata.namespace is "default"; allowed: a separate namespace',
      "web: metadata.namespace is not set; allowed: a separate namespace",
    ],
  },
  {
    policy: "kubernetes-no-default-namespace",
    given: "another namespace, an unknown namespace, and a cluster-wide object",
    resources: [
      object("core/v1:Service", "web"),
      object("core/v1:Service", "web", { metadata: { namespace: unknownString } }),
      namespace("shop"),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    given:
      "a namespace without a policy, with the policy of another namespace, a policy for some pods, and a policy that allows all",
    resources: [
      namespace("shop"),
      networkPolicy(deny, { metadata: { namespace: "other" } }),
      networkPolicy({ podSelector: { matchLabels: { app: "web" } } }),
      networkPolicy({ podSelector: {}, ingress: [{}] }),
      networkPolicy({
        podSelector: {},
        ingress: [
          { from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
          { from: [{ namespaceSelector: {}, podSelector: {} }] },
        ],
      }),
      networkPolicy({ podSelector: {}, policyTypes: ["Egress"] }),
    ],
    expected: [
      "shop: no NetworkPolicy denies the namespace's pods Ingress by default; allowed: a default-deny NetworkPolicy in the namespace",
    ],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    given: "a policy that denies only ingress, if both directions are configured",
    resources: [namespace("shop"), networkPolicy(deny)],
    config: { "kubernetes-namespace-network-policy": { directions: ["Ingress", "Egress"] } },
    expected: [
      "shop: no NetworkPolicy denies the namespace's pods Egress by default; allowed: a default-deny NetworkPolicy in the namespace",
    ],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    given: "a policy found by name, by dependency and in a group, and an unknown policy",
    resources: [
      namespace("shop"),
      networkPolicy({ podSelector: { matchLabels: {} } }),
      planned("kubernetes:core/v1:Namespace", "named-later", { metadata: {} }),
      planned(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "deny",
        { spec: deny },
        { propertyDependencies: { metadata: [urnOf("kubernetes:core/v1:Namespace", "named-later")] } },
      ),
      namespace("closed"),
      networkPolicy(
        { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }, { ports: [{ port: 443 }] }] },
        { metadata: { namespace: "closed" } },
      ),
      namespace("grouped"),
      group({ objs: [{ kind: "NetworkPolicy", metadata: { namespace: "grouped" }, spec: deny }] }),
      namespace("unknown"),
      networkPolicy(unknownObject, { metadata: { namespace: "unknown" } }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-gateway-tls",
    given: "a listener without TLS or certificate, and routes that apply to it",
    resources: [
      gateway([plainListener, { name: "bare", protocol: "HTTPS" }]),
      redirecting,
      route("app", { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [] }] }),
      route("elsewhere", { parentRefs: [{ name: "shared", namespace: "gateways" }], rules: [{ backendRefs: [] }] }),
    ],
    expected: [
      'public: spec.listeners[0] has the protocol "HTTP", and not all its routes redirect to HTTPS; allowed: "HTTPS" or "TLS"',
      'public: spec.listeners[1] "bare" has no tls.certificateRefs; allowed: a certificate',
      'elsewhere: spec.parentRefs[0] has no sectionName, so the route applies to every listener of "shared"; allowed: the sectionName of a listener with TLS',
    ],
  },
  {
    policy: "kubernetes-gateway-tls",
    given: "TLS, a listener with redirects only, SSH, and routes with a sectionName",
    resources: [
      gateway([
        secure,
        plainListener,
        { name: "git", protocol: "TCP", port: 2222 },
        { name: "through", protocol: "TLS", tls: { mode: "Passthrough" } },
      ]),
      redirecting,
      route("app", { parentRefs: [{ name: "public", sectionName: "https" }], rules: [{ backendRefs: [] }] }),
      route("elsewhere", {
        parentRefs: [{ name: "shared", namespace: "gateways", sectionName: "https" }],
        rules: [{ backendRefs: [] }],
      }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-ingress-tls",
    given: "an Ingress without a certificate, and one without a certificate for one host",
    resources: [
      object("networking.k8s.io/v1:Ingress", "bare", { spec: { rules: [{ host: "a.example.com" }] } }),
      object("extensions/v1beta1:Ingress", "half", {
        spec: { tls: [{ hosts: ["a.example.com"] }], rules: [{ host: "a.example.com" }, { host: "b.example.com" }] },
      }),
    ],
    expected: [
      "bare: spec.tls is not set; allowed: a certificate for every host",
      "half: spec.rules[1].host b.example.com is not in spec.tls; allowed: a certificate for every host",
    ],
  },
  {
    policy: "kubernetes-ingress-tls",
    given: "a certificate for every host, by name or wildcard, and unknown values",
    resources: [
      object("networking.k8s.io/v1:Ingress", "web", {
        spec: {
          tls: [{ hosts: ["*.example.com", "example.com"] }],
          rules: [{ host: "a.example.com" }, { host: "example.com" }, {}],
        },
      }),
      object("networking.k8s.io/v1:Ingress", "later", { spec: { tls: unknownString } }),
      object("networking.k8s.io/v1:IngressPatch", "patch", { spec: {} }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-services-internal",
    given: "a NodePort, a public load balancer, and an external address",
    resources: [
      object("core/v1:Service", "ports", { spec: { type: "NodePort" } }),
      object("core/v1:Service", "open", { spec: { type: "LoadBalancer" } }),
      object("core/v1:Service", "halves", {
        spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["0.0.0.0/1", "128.0.0.0/1"] },
      }),
      object("core/v1:Service", "stolen", { spec: { externalIPs: ["8.8.8.8"] } }),
    ],
    expected: [
      'ports: spec.type is "NodePort"; allowed: "ClusterIP", or the label or annotation Exposure = "public"',
      'open: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges not set; allowed: an internal load balancer, source ranges, or the label or annotation Exposure = "public"',
      'halves: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges ["0.0.0.0/1","128.0.0.0/1"]; allowed: an internal load balancer, source ranges, or the label or annotation Exposure = "public"',
      "stolen: spec.externalIPs has 8.8.8.8; allowed: no external addresses",
    ],
  },
  {
    policy: "kubernetes-services-internal",
    given: "an internal Service, an internal load balancer, source ranges, and a marked Service",
    resources: [
      object("core/v1:Service", "web", { spec: {} }),
      object("core/v1:Service", "narrow", { spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["10.0.0.0/8"] } }),
      object("core/v1:Service", "inside", {
        metadata: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" } },
        spec: { type: "LoadBalancer" },
      }),
      object("core/v1:Service", "public", {
        metadata: { labels: { Exposure: "public" } },
        spec: { type: "LoadBalancer" },
      }),
      object("core/v1:Service", "later", { spec: { type: "LoadBalancer", loadBalancerSourceRanges: unknownString } }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-rbac-no-wildcards",
    given: "a rule with a wildcard",
    resources: [
      role([
        { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      ]),
      role([{ nonResourceURLs: ["/api/*"], verbs: ["get"] }], "ClusterRole"),
    ],
    expected: [
      "worker: rules[1] has * in apiGroups, resources, verbs; allowed: names without *",
      "worker: rules[0] has * in nonResourceURLs; allowed: names without *",
    ],
  },
  {
    policy: "kubernetes-rbac-no-wildcards",
    given: "a rule with names",
    resources: [role([{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }])],
    expected: [],
  },
  {
    policy: "kubernetes-rbac-no-escalation",
    given: "rights that lead to additional rights",
    resources: [
      role([
        { resources: ["roles"], verbs: ["get", "bind"] },
        { resources: ["serviceaccounts/token"], verbs: ["create"] },
      ]),
      role(
        [
          { resources: ["secrets", "configmaps"], verbs: ["list", "create"] },
          { resources: ["users"], verbs: ["impersonate"] },
        ],
        "ClusterRole",
      ),
    ],
    expected: [
      "worker: rules[0] allows bind on roles, which is enough to grant additional rights; allowed: rights without escalation",
      "worker: rules[1] allows create on serviceaccounts/token, which is enough to create tokens of service accounts; allowed: rights without escalation",
      "worker: rules[0] allows list on secrets, which is enough to read the secrets of every namespace; allowed: rights without escalation",
      "worker: rules[1] allows impersonate on users, which is enough to act as another user; allowed: rights without escalation",
    ],
  },
  {
    policy: "kubernetes-rbac-no-escalation",
    given: "Secrets of one namespace, and objects by name",
    resources: [
      role([{ resources: ["secrets"], verbs: ["get", "list", "patch"] }]),
      role(
        [
          { resources: ["secrets"], verbs: ["get"], resourceNames: ["pull"] },
          { resources: ["nodes"], verbs: ["list"] },
        ],
        "ClusterRole",
      ),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-rbac-no-cluster-admin",
    given: "a binding to cluster-admin, and a member of system:masters",
    resources: [
      binding({ kind: "ClusterRole", name: "cluster-admin" }, [worker]),
      binding({ kind: "ClusterRole", name: "view" }, [{ kind: "Group", name: "system:masters" }], "RoleBinding"),
    ],
    expected: [
      "worker: subjects[0] is the group system:masters; allowed: named users, groups and service accounts",
      'worker: roleRef.name is "cluster-admin"; allowed: a role with named rights',
    ],
  },
  {
    policy: "kubernetes-rbac-no-cluster-admin",
    given: "another role, a Role with the same name, and an unknown role",
    resources: [
      binding({ kind: "ClusterRole", name: "view" }, [worker]),
      binding({ kind: "Role", name: "cluster-admin" }, [worker], "RoleBinding"),
      binding({ name: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-rbac-named-subjects",
    given: "a role for all users, for all accounts of a namespace, and for the default account",
    resources: [
      binding({ name: "view" }, [
        { kind: "Group", name: "system:authenticated" },
        { kind: "Group", name: "system:serviceaccounts:shop" },
        { kind: "ServiceAccount", name: "default", namespace: "shop" },
      ]),
    ],
    expected: ["system:authenticated", "system:serviceaccounts:shop", "the service account default"].map(
      (subject, index) => `worker: subjects[${index}] is ${subject}; allowed: named users, groups and service accounts`,
    ),
  },
  {
    policy: "kubernetes-rbac-named-subjects",
    given: "a dedicated account",
    resources: [binding({ name: "view" }, [worker, { kind: "User", name: "ci" }])],
    expected: [],
  },
  {
    policy: "kubernetes-sources-pinned",
    given:
      "a version range, a missing version, a local repository name, a repository without TLS, and manifests of a branch",
    resources: [
      release({ chart: "bitnami/wordpress", version: "15.x" }),
      release({ chart: "wordpress", repositoryOpts: { repo: "http://charts.example.com" }, version: "15.0.1" }),
      chart({ chart: "oci://registry.example.com/charts/drycc", plainHttp: true }),
      file({ file: "https://raw.githubusercontent.com/example/app/main/deploy.yaml" }),
    ],
    expected: [
      'paas: chart is "bitnami/wordpress" without a repository, so the local Helm configuration selects its source; allowed: a repositoryOpts.repo that begins with https://, oci://',
      'paas: version is "15.x"; allowed: an exact version, such as 1.2.3',
      'paas: the chart comes from "http://charts.example.com"; allowed: a repository that begins with https://, oci://',
      "paas: plainHttp is true; allowed: a registry with TLS",
      "paas: version is not set; allowed: an exact version, such as 1.2.3",
      "file: the manifests come from https://raw.githubusercontent.com/example/app/main/deploy.yaml; allowed: https, and a version or commit in the URL",
    ],
  },
  {
    policy: "kubernetes-sources-pinned",
    given: "a chart from another registry than the configured one",
    resources: [
      chart({ chart: "oci://registry.example.com/charts/drycc", version: "1.9.1" }),
      release({ chart: "x", repositoryOpts: { repo: "https://charts.example.com" }, version: "1.0.0" }),
    ],
    config: { "kubernetes-sources-pinned": { repositories: ["oci://registry.example.com/"] } },
    expected: [
      'paas: the chart comes from "https://charts.example.com"; allowed: a repository that begins with oci://registry.example.com/',
    ],
  },
  {
    policy: "kubernetes-sources-pinned",
    given: "an exact version, a local folder, a URL with a version or commit, and unknown values",
    resources: [
      release({ chart: "wordpress", repositoryOpts: { repo: "https://charts.example.com" }, version: "15.0.1" }),
      chart({ chart: "oci://registry.example.com/charts/drycc", version: "v1.9.1" }),
      chart({ chart: "./charts/app" }),
      release({ chart: "https://charts.example.com/app-1.2.3.tgz" }),
      release({ chart: "app", repositoryOpts: { repo: unknownString }, version: "1.0.0" }),
      file({ file: "https://example.com/releases/download/v1.4.0/standard-install.yaml" }),
      file({ file: "manifests/app.yaml" }),
      planned(
        "kubernetes:kustomize/v2:Directory",
        "overlay",
        { directory: `https://github.com/example/app/tree/${"a".repeat(40)}/deploy` },
        { custom: false },
      ),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-charts-contained",
    given:
      "a namespace that Helm creates, a namespace outside of the program, a missing namespace, and one without the label",
    resources: [
      release({ namespace: "paas", createNamespace: true }),
      release({ namespace: "kube-system" }, { urn: urnOf("kubernetes:helm.sh/v3:Release", "system") }),
      chart({}),
      namespace("shop"),
      chart({ namespace: "shop" }),
    ],
    expected: [
      `paas: createNamespace creates "paas" without labels; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is "kube-system", which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is not set, which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is "shop", which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
    ],
  },
  {
    policy: "kubernetes-charts-contained",
    given: "a namespace of the program, by name or dependency, and an unknown namespace",
    resources: [
      namespace("paas", restricted),
      release({ namespace: "paas", createNamespace: true }),
      planned("kubernetes:core/v1:Namespace", "named-later", { metadata: { labels: { [enforce]: "privileged" } } }),
      release({}, { propertyDependencies: { namespace: [urnOf("kubernetes:core/v1:Namespace", "named-later")] } }),
      chart({ namespace: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "kubernetes-contents-seen",
    given: "a chart and files that another program renders",
    resources: [
      chart({}),
      file({ file: "app.yaml" }),
      group({ files: ["a.yaml"] }),
      planned("kubernetes:helm.sh/v3:Chart", "rendered", {}, { custom: false }),
    ],
    expected: ["paas", "file", "manifests", "rendered"].map(
      (name) => `${name}: its objects are not part of this plan; allowed: objects that the pack can read`,
    ),
  },
  {
    policy: "kubernetes-contents-seen",
    given: "a chart with children, and a group with manifests",
    resources: [
      chart({}),
      planned("kubernetes:core/v1:Service", "web", {}, { parent: urnOf("kubernetes:helm.sh/v4:Chart", "paas") }),
      group({ yaml: "kind: Pod" }),
    ],
    expected: [],
  },
];
