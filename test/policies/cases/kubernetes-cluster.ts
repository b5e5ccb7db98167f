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
    when: "a namespace takes any pod, or those of a lower standard",
    resources: [
      namespace("shop"),
      namespace("build", { [enforce]: "privileged" }),
      object("core/v1:NamespacePatch", "kube-system", { metadata: { labels: { [enforce]: "baseline" } } }),
    ],
    says: [
      `shop: the label ${enforce} is not set; allowed: "restricted"`,
      `build: the label ${enforce} is "privileged"; allowed: "restricted"`,
      `kube-system: the label ${enforce} is "baseline"; allowed: "restricted"`,
    ],
  },
  {
    policy: "kubernetes-namespace-pod-security",
    when: "an exemption names what is in the namespace, which the namespace itself is too",
    resources: [namespace("build", { [enforce]: "privileged" }), namespace("builds", { [enforce]: "privileged" })],
    config: { "kubernetes-namespace-pod-security": { exemptions: [{ resource: "build/*", reason: "builds images" }] } },
    says: [
      `exempted (builds images): build: the label ${enforce} is "privileged"; allowed: "restricted"`,
      `builds: the label ${enforce} is "privileged"; allowed: "restricted"`,
    ],
  },
  {
    policy: "kubernetes-namespace-pod-security",
    when: "restricted, not known yet, or a patch about something else",
    resources: [
      namespace("shop", restricted),
      planned("kubernetes:core/v1:Namespace", "x", { metadata: unknownObject }),
      object("core/v1:NamespacePatch", "kube-system"),
    ],
    says: [],
  },
  {
    policy: "kubernetes-no-default-namespace",
    when: "the namespace is left out, or the default one by name",
    resources: [
      planned("kubernetes:core/v1:Service", "web", { spec: {} }),
      object("core/v1:ConfigMap", "settings", { metadata: { namespace: "default" } }),
    ],
    says: [
      'settings: metadata.namespace is "default"; allowed: a separate namespace',
      "web: metadata.namespace is not set; allowed: a separate namespace",
    ],
  },
  {
    policy: "kubernetes-no-default-namespace",
    when: "another, one that is not known yet, or none because there is none",
    resources: [
      object("core/v1:Service", "web"),
      object("core/v1:Service", "web", { metadata: { namespace: unknownString } }),
      namespace("shop"),
    ],
    says: [],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    when: "there is none, one of another namespace, one for some pods, or one that lets all in",
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
    says: [
      "shop: no NetworkPolicy denies the namespace's pods Ingress by default; allowed: a default-deny NetworkPolicy in the namespace",
    ],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    when: "only what comes in is denied where both have to be",
    resources: [namespace("shop"), networkPolicy(deny)],
    config: { "kubernetes-namespace-network-policy": { directions: ["Ingress", "Egress"] } },
    says: [
      "shop: no NetworkPolicy denies the namespace's pods Egress by default; allowed: a default-deny NetworkPolicy in the namespace",
    ],
  },
  {
    policy: "kubernetes-namespace-network-policy",
    when: "one by name, one that came from the namespace, one in a group, one not known yet",
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
    says: [],
  },
  {
    policy: "kubernetes-gateway-tls",
    when: "a listener without TLS or certificate, and routes that are open on it",
    resources: [
      gateway([plainListener, { name: "bare", protocol: "HTTPS" }]),
      redirecting,
      route("app", { parentRefs: [{ name: "public" }], rules: [{ backendRefs: [] }] }),
      route("elsewhere", { parentRefs: [{ name: "shared", namespace: "gateways" }], rules: [{ backendRefs: [] }] }),
    ],
    says: [
      'public: spec.listeners[0] has the protocol "HTTP", and not all its routes redirect to HTTPS; allowed: "HTTPS" or "TLS"',
      'public: spec.listeners[1] "bare" has no tls.certificateRefs; allowed: a certificate',
      'elsewhere: spec.parentRefs[0] has no sectionName, so the route applies to every listener of "shared"; allowed: the sectionName of a listener with TLS',
    ],
  },
  {
    policy: "kubernetes-gateway-tls",
    when: "TLS, a listener that only redirects, SSH, and routes of listeners by name",
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
    says: [],
  },
  {
    policy: "kubernetes-ingress-tls",
    when: "there is no certificate, or none for one host",
    resources: [
      object("networking.k8s.io/v1:Ingress", "bare", { spec: { rules: [{ host: "a.example.com" }] } }),
      object("extensions/v1beta1:Ingress", "half", {
        spec: { tls: [{ hosts: ["a.example.com"] }], rules: [{ host: "a.example.com" }, { host: "b.example.com" }] },
      }),
    ],
    says: [
      "bare: spec.tls is not set; allowed: a certificate for every host",
      "half: spec.rules[1].host b.example.com is not in spec.tls; allowed: a certificate for every host",
    ],
  },
  {
    policy: "kubernetes-ingress-tls",
    when: "every host is covered, by name or wildcard, or it is not known yet",
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
    says: [],
  },
  {
    policy: "kubernetes-services-internal",
    when: "a port of every node, a load balancer for the world, an address of others",
    resources: [
      object("core/v1:Service", "ports", { spec: { type: "NodePort" } }),
      object("core/v1:Service", "open", { spec: { type: "LoadBalancer" } }),
      object("core/v1:Service", "halves", {
        spec: { type: "LoadBalancer", loadBalancerSourceRanges: ["0.0.0.0/1", "128.0.0.0/1"] },
      }),
      object("core/v1:Service", "stolen", { spec: { externalIPs: ["8.8.8.8"] } }),
    ],
    says: [
      'ports: spec.type is "NodePort"; allowed: "ClusterIP", or the label or annotation Exposure = "public"',
      'open: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges not set; allowed: an internal load balancer, source ranges, or the label or annotation Exposure = "public"',
      'halves: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges ["0.0.0.0/1","128.0.0.0/1"]; allowed: an internal load balancer, source ranges, or the label or annotation Exposure = "public"',
      "stolen: spec.externalIPs has 8.8.8.8; allowed: no external addresses",
    ],
  },
  {
    policy: "kubernetes-services-internal",
    when: "within the cluster or the network, narrowed, or marked",
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
    says: [],
  },
  {
    policy: "kubernetes-rbac-no-wildcards",
    when: "a rule is about everything",
    resources: [
      role([
        { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      ]),
      role([{ nonResourceURLs: ["/api/*"], verbs: ["get"] }], "ClusterRole"),
    ],
    says: [
      "worker: rules[1] has * in apiGroups, resources, verbs; allowed: names without *",
      "worker: rules[0] has * in nonResourceURLs; allowed: names without *",
    ],
  },
  {
    policy: "kubernetes-rbac-no-wildcards",
    when: "it names what it is about",
    resources: [role([{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }])],
    says: [],
  },
  {
    policy: "kubernetes-rbac-no-escalation",
    when: "rights lead to others",
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
    says: [
      "worker: rules[0] allows bind on roles, which is enough to grant additional rights; allowed: rights without escalation",
      "worker: rules[1] allows create on serviceaccounts/token, which is enough to create tokens of service accounts; allowed: rights without escalation",
      "worker: rules[0] allows list on secrets, which is enough to read the secrets of every namespace; allowed: rights without escalation",
      "worker: rules[1] allows impersonate on users, which is enough to act as another user; allowed: rights without escalation",
    ],
  },
  {
    policy: "kubernetes-rbac-no-escalation",
    when: "secrets of one namespace, or objects by name",
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
    says: [],
  },
  {
    policy: "kubernetes-rbac-no-cluster-admin",
    when: "somebody is bound to it, or in the group above it",
    resources: [
      binding({ kind: "ClusterRole", name: "cluster-admin" }, [worker]),
      binding({ kind: "ClusterRole", name: "view" }, [{ kind: "Group", name: "system:masters" }], "RoleBinding"),
    ],
    says: [
      "worker: subjects[0] is the group system:masters; allowed: named users, groups and service accounts",
      'worker: roleRef.name is "cluster-admin"; allowed: a role with named rights',
    ],
  },
  {
    policy: "kubernetes-rbac-no-cluster-admin",
    when: "another role, one that is called the same, or one not known yet",
    resources: [
      binding({ kind: "ClusterRole", name: "view" }, [worker]),
      binding({ kind: "Role", name: "cluster-admin" }, [worker], "RoleBinding"),
      binding({ name: unknownString }),
    ],
    says: [],
  },
  {
    policy: "kubernetes-rbac-named-subjects",
    when: "a role is everybody's, a namespace's, or the default account's",
    resources: [
      binding({ name: "view" }, [
        { kind: "Group", name: "system:authenticated" },
        { kind: "Group", name: "system:serviceaccounts:shop" },
        { kind: "ServiceAccount", name: "default", namespace: "shop" },
      ]),
    ],
    says: ["system:authenticated", "system:serviceaccounts:shop", "the service account default"].map(
      (subject, index) => `worker: subjects[${index}] is ${subject}; allowed: named users, groups and service accounts`,
    ),
  },
  {
    policy: "kubernetes-rbac-named-subjects",
    when: "an account made for it",
    resources: [binding({ name: "view" }, [worker, { kind: "User", name: "ci" }])],
    says: [],
  },
  {
    policy: "kubernetes-sources-pinned",
    when: "a range or no version, a repository that only this machine knows, or one without TLS; manifests of a branch",
    resources: [
      release({ chart: "bitnami/wordpress", version: "15.x" }),
      release({ chart: "wordpress", repositoryOpts: { repo: "http://charts.example.com" }, version: "15.0.1" }),
      chart({ chart: "oci://registry.example.com/charts/drycc", plainHttp: true }),
      file({ file: "https://raw.githubusercontent.com/example/app/main/deploy.yaml" }),
    ],
    says: [
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
    when: "only one registry is allowed",
    resources: [
      chart({ chart: "oci://registry.example.com/charts/drycc", version: "1.9.1" }),
      release({ chart: "x", repositoryOpts: { repo: "https://charts.example.com" }, version: "1.0.0" }),
    ],
    config: { "kubernetes-sources-pinned": { repositories: ["oci://registry.example.com/"] } },
    says: [
      'paas: the chart comes from "https://charts.example.com"; allowed: a repository that begins with oci://registry.example.com/',
    ],
  },
  {
    policy: "kubernetes-sources-pinned",
    when: "a whole version, a folder beside the program, a URL with a version or commit, or not known yet",
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
    says: [],
  },
  {
    policy: "kubernetes-charts-contained",
    when: "Helm makes the namespace, it is somebody else's, it is none, or it has no label",
    resources: [
      release({ namespace: "paas", createNamespace: true }),
      release({ namespace: "kube-system" }, { urn: urnOf("kubernetes:helm.sh/v3:Release", "system") }),
      chart({}),
      namespace("shop"),
      chart({ namespace: "shop" }),
    ],
    says: [
      `paas: createNamespace creates "paas" without labels; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is "kube-system", which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is not set, which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
      `paas: namespace is "shop", which does not have this label in the program; allowed: a Namespace of the program with the label ${enforce}`,
    ],
  },
  {
    policy: "kubernetes-charts-contained",
    when: "the namespace is the program's, by name or by where the name came from, or not known yet",
    resources: [
      namespace("paas", restricted),
      release({ namespace: "paas", createNamespace: true }),
      planned("kubernetes:core/v1:Namespace", "named-later", { metadata: { labels: { [enforce]: "privileged" } } }),
      release({}, { propertyDependencies: { namespace: [urnOf("kubernetes:core/v1:Namespace", "named-later")] } }),
      chart({ namespace: unknownString }),
    ],
    says: [],
  },
  {
    policy: "kubernetes-contents-seen",
    when: "a chart and files are rendered elsewhere",
    resources: [
      chart({}),
      file({ file: "app.yaml" }),
      group({ files: ["a.yaml"] }),
      planned("kubernetes:helm.sh/v3:Chart", "rendered", {}, { custom: false }),
    ],
    says: ["paas", "file", "manifests", "rendered"].map(
      (name) => `${name}: its objects are not part of this plan; allowed: objects that the pack can read`,
    ),
  },
  {
    policy: "kubernetes-contents-seen",
    when: "its children are there, or it holds the manifests",
    resources: [
      chart({}),
      planned("kubernetes:core/v1:Service", "web", {}, { parent: urnOf("kubernetes:helm.sh/v4:Chart", "paas") }),
      group({ yaml: "kind: Pod" }),
    ],
    says: [],
  },
];
