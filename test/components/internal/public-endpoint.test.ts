import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsAccount } from "../../../components/cloud/aws/account.ts";
import { Route53Zone } from "../../../components/cloud/aws/dns.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { DesignateZone } from "../../../components/cloud/openstack/dns.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import { factTypes } from "../../../components/cloud/facts.ts";
import { DeployHook } from "../../../components/deploy-hook/index.ts";
import type { DeployHookArgs } from "../../../components/deploy-hook/args.ts";
import type { JenkinsHostArgs } from "../../../components/jenkins-host/args.ts";
import { JenkinsHost } from "../../../components/jenkins-host/index.ts";
import { KubernetesCluster } from "../../../components/kubernetes-cluster/index.ts";
import { PaasCluster, type PaasClusterArgs } from "../../../components/paas-cluster/index.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { newCloud } from "../cloud/aws-plan.ts";
import { Planned, planProgram } from "../planned.ts";

const github = {
  organization: "example",
  appId: "4711",
  privateKey: "-----BEGIN PRIVATE KEY-----\napp-key\n-----END PRIVATE KEY-----\n",
};
const hooks = ["140.82.112.0/20", "192.30.252.0/22"];
const everybody = ["0.0.0.0/0"];
const pair = {
  certificate: "-----BEGIN CERTIFICATE-----\nof an authority\n-----END CERTIFICATE-----\n",
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
};
const balancers = (planned: Planned) => planned.names(factTypes.loadBalancer);
const facts = (planned: Planned, name: string) => planned.one(factTypes.loadBalancer, name).inputs;
const files = (planned: Planned, machine: string) =>
  new Map(installedFiles(JSON.parse(planned.config(machine).text)).map(({ path, text }) => [path, text]));

/** On one Docker host, several load balancers use port 443. */
const docker = () =>
  new DockerCloud("cloud", {
    cidr: "10.9.0.0/24",
    publishedPorts: { "jenkins-public:443": 1443, "paas-public:443": 2443 },
  });
const openstack = () =>
  new OpenstackCloud("cloud", {
    cidr: "10.9.0.0/24",
    flavors: { small: "s", medium: "m" },
    imageId: "6f1d4b1c-0000-4000-8000-000000000044",
    externalNetworkId: "ext",
  });
const route53 = () =>
  new Route53Zone(new AwsAccount("dns", { id: "111122223333", region: "eu-central-1" }), "Z0123456789ABCDEFGHIJ");

describe("a public endpoint of JenkinsHost", () => {
  const publicEndpoint = { name: "hooks.ci.example.com", from: hooks };
  const jenkins = (args: Partial<JenkinsHostArgs> = {}, cloud: () => Cloud = docker) =>
    planProgram(() => {
      const made = new JenkinsHost("jenkins", { cloud: cloud(), domain: "ci.example.com", github, ...args });
      return {
        webhookUrl: made.webhookUrl,
        address: made.address,
        ...(made.publicAddress && { publicAddress: made.publicAddress }),
      };
    });

  test("is a separate load balancer for the webhook port, and the private load balancer stays the same", async () => {
    const [without, planned] = [await jenkins(), await jenkins({ publicEndpoint })];
    expect(balancers(without)).toEqual(["jenkins-front"]);
    expect(balancers(planned)).toEqual(["jenkins-front", "jenkins-public"]);
    expect(facts(planned, "jenkins-front")).toEqual(facts(without, "jenkins-front"));
    expect(facts(planned, "jenkins-public")).toEqual({
      role: "load-balancer",
      ports: [{ port: 443, targetPort: 8444, description: "webhooks from the internet" }],
      targets: ["jenkins"],
      allowFrom: hooks,
      address: "10.9.0.42",
      scheme: "published",
    });
    expect(planned.firewallRules().filter((opening) => !without.firewallRules().includes(opening))).toEqual([
      "10.9.0.42/32 -> jenkins: 8404",
      "10.9.0.42/32 -> jenkins: 8444",
    ]);
    expect([without.outputs, planned.outputs]).toEqual([
      { webhookUrl: "https://jenkins.ci.example.com/github-webhook/", address: "10.9.0.41" },
      { webhookUrl: "https://hooks.ci.example.com/github-webhook/", address: "10.9.0.41", publicAddress: "10.9.0.42" },
    ]);
  });

  test("has the certificate that it is given, or Jenkins' own, or one of Jenkins' authority", async () => {
    const path = "/etc/paasmas/proxy/public/certificate.pem";
    const own = { certificate: "of Jenkins", privateKey: "hush-own" };
    const installed = async (args: Partial<JenkinsHostArgs>) => files(await jenkins(args), "jenkins").get(path);
    expect(await installed({ publicEndpoint: { ...publicEndpoint, certificate: pair } })).toBe(pair.certificate);
    expect(await installed({ publicEndpoint, certificate: own })).toBe("of Jenkins");
    const planned = await jenkins({ publicEndpoint });
    expect(files(planned, "jenkins").get(path)).toMatch(/BEGIN CERTIFICATE/);
    expect(planned.one("tls:index/certRequest:CertRequest", "jenkins-public-request").inputs).toMatchObject({
      dnsNames: ["hooks.ci.example.com"],
    });
    expect(files(planned, "jenkins").get("/etc/paasmas/proxy/public/name")).toBe("server_name hooks.ci.example.com;\n");
  });

  test("has a DNS alias of the load balancer on AWS, and a record for a floating IP address on OpenStack", async () => {
    const aws = await planProgram(
      () =>
        void new JenkinsHost("jenkins", {
          cloud: newCloud(),
          domain: "ci.example.com",
          github,
          publicEndpoint: { ...publicEndpoint, dns: route53() },
        }),
    );
    const nlb = aws.one("aws:lb/loadBalancer:LoadBalancer", "jenkins-public").outputs;
    expect(aws.one("aws:route53/record:Record", "jenkins-public-0").inputs).toEqual({
      zoneId: "Z0123456789ABCDEFGHIJ",
      name: "hooks.ci.example.com",
      type: "A",
      aliases: [{ name: nlb.dnsName, zoneId: nlb.zoneId, evaluateTargetHealth: false }],
    });
    expect(aws.one("aws:lb/loadBalancer:LoadBalancer", "jenkins-front").inputs.internal).toBe(true);
    const stack = await jenkins({ publicEndpoint: { ...publicEndpoint, dns: new DesignateZone("zone") } }, openstack);
    const { address } = stack.one("openstack:networking/floatingIp:FloatingIp", "jenkins-public-address").outputs;
    expect(stack.one("openstack:dns/recordSet:RecordSet", "jenkins-public-0").inputs).toMatchObject({
      name: "hooks.ci.example.com.",
      type: "A",
      records: [address],
    });
    expect(stack.outputs.publicAddress).toBe(address);
    // Both load balancers are in one range, so they share each rule. Neutron rejects duplicate rules.
    const rules = stack.firewallRules().filter((opening) => opening.includes("-> jenkins:"));
    expect(rules).toEqual([
      "10.9.0.192/26 -> jenkins: 8081",
      "10.9.0.192/26 -> jenkins: 8404",
      "10.9.0.192/26 -> jenkins: 8443",
      "10.9.0.192/26 -> jenkins: 8444",
    ]);
  });

  test.each<[Partial<NonNullable<JenkinsHostArgs["publicEndpoint"]>>, string]>([
    [{ from: [] }, "jenkins.publicEndpoint.from: is missing; give the address ranges of the internet that may connect"],
    [{ from: ["github"] }, 'jenkins.publicEndpoint.from[0]: "github" is not an IPv4 range: write it like 10.0.0.0/16'],
    [
      { from: ["140.82.112.0/20", "0.0.0.0/0"] },
      "jenkins.publicEndpoint.from[1]: 0.0.0.0/0 is too wide; use the address ranges of the callers",
    ],
    [
      { name: "hooks" },
      'jenkins.publicEndpoint.name: "hooks" is not a host name with a domain; use one like www.example.com',
    ],
    [
      { name: "jenkins.ci.example.com" },
      "jenkins.publicEndpoint.name: jenkins.ci.example.com is already used in the private network; use another name, such as hooks.ci.example.com",
    ],
    [
      { loadBalancerHostNumber: 900 },
      "jenkins.publicEndpoint.loadBalancerHostNumber: host number 900 does not fit into 10.9.0.0/24: it has room for 2 to 254",
    ],
  ])("is rejected: %j", async (changes, message) => {
    await expect(jenkins({ publicEndpoint: { ...publicEndpoint, ...changes } })).rejects.toThrow(
      new ArgumentError([message]),
    );
  });
});

describe("a public endpoint of DeployHook", () => {
  const apps = [
    { name: "shop", hosts: ["shop.internal.example.com", "shop.example.com"], repository: "registry.example.com/shop" },
    { name: "admin", hosts: ["admin.example.com"], repository: "registry.example.com/admin" },
  ];
  const publicEndpoint = { names: ["shop.example.com"], from: everybody };
  const hook = (args: Partial<DeployHookArgs> = {}, cloud: () => Cloud = docker) =>
    planProgram(() => {
      const made = new DeployHook("apps", { cloud: cloud(), apps, ...args });
      return { url: made.url, address: made.address, ...(made.publicAddress && { publicAddress: made.publicAddress }) };
    });

  test("is a load balancer for the port of public names, which serves only those names", async () => {
    const [without, planned] = [await hook(), await hook({ publicEndpoint })];
    expect([balancers(without), balancers(planned)]).toEqual([[], ["apps-public"]]);
    expect(facts(planned, "apps-public")).toMatchObject({
      ports: [{ port: 443, targetPort: 8443, description: "public apps over TLS" }],
      targets: ["apps-0"],
      allowFrom: everybody,
      address: "10.9.0.43",
    });
    expect(planned.firewallRules().filter((opening) => !without.firewallRules().includes(opening))).toEqual([
      "10.9.0.43/32 -> apps: 8404",
      "10.9.0.43/32 -> apps: 8443",
    ]);
    expect(files(planned, "apps-0").get("/etc/paasmas/proxy/public/hosts.map")).toBe("shop.example.com yes\n");
    expect(planned.outputs).toEqual({ ...without.outputs, publicAddress: "10.9.0.43" });
  });

  test("has the given certificate, and only the proxy can read its key", async () => {
    const planned = await hook({ publicEndpoint: { ...publicEndpoint, certificate: pair } });
    const certificate = installedFiles(JSON.parse(planned.config("apps-0").text)).find(
      ({ path }) => path === "/etc/paasmas/proxy/public/certificate.pem",
    );
    expect(certificate).toMatchObject({ text: `${pair.certificate}${pair.privateKey}`, mode: 0o400, uid: 99 });
    expect(planned.config("apps-0").secret).toBe(true);
    expect(
      (await hook({ publicEndpoint })).one("tls:index/certRequest:CertRequest", "apps-public-request").inputs,
    ).toMatchObject({ dnsNames: ["shop.example.com"] });
  });

  test("can have the name of the whole zone, as an alias", async () => {
    const own = [{ ...apps[0]!, hosts: ["example.com"] }];
    const aws = await planProgram(
      () =>
        void new DeployHook("apps", {
          cloud: newCloud(),
          apps: own,
          publicEndpoint: { names: ["example.com"], from: everybody, dns: route53() },
        }),
    );
    expect(aws.one("aws:route53/record:Record", "apps-public-0").inputs).toMatchObject({
      name: "example.com",
      type: "A",
    });
    expect(aws.firewallRules().filter((opening) => opening.includes("apps-public"))).toEqual([
      "0.0.0.0/0 -> apps-public: 443",
      "apps-public -> apps: 8404",
      "apps-public -> apps: 8443",
    ]);
  });

  test.each<[Partial<NonNullable<DeployHookArgs["publicEndpoint"]>>, string]>([
    [{ from: [] }, "apps.publicEndpoint.from: is missing; give the address ranges of the internet that may connect"],
    [
      { names: [] },
      "apps.publicEndpoint.names: is missing; list the apps' host names that are reachable from the internet",
    ],
    [
      { names: ["wiki.example.com"] },
      'apps.publicEndpoint.names[0]: "wiki.example.com" is not a host name of an app; use shop.internal.example.com, shop.example.com, admin.example.com',
    ],
  ])("is rejected: %j", async (changes, message) => {
    await expect(hook({ publicEndpoint: { ...publicEndpoint, ...changes } })).rejects.toThrow(
      new ArgumentError([message]),
    );
  });

  test("is rejected in a cloud without inbound access", async () => {
    const closed = () => newCloud({ egress: "none" });
    await expect(hook({ publicEndpoint }, closed)).rejects.toThrow(
      'apps-public.exposure: public is not possible: the network has no public subnets; set egress: "nat" on its cloud',
    );
  });
});

describe("a public endpoint of PaasCluster", () => {
  const bucket = (name: string) => ({
    endpoint: "https://s3.example.com",
    bucket: name,
    accessKey: "key",
    secretKey: "secret",
  });
  const buckets = {
    builder: bucket("paas-builder"),
    logs: bucket("paas-logs"),
    registry: bucket("paas-registry"),
    database: bucket("paas-database"),
  };
  const paas = async (args: Partial<PaasClusterArgs> = {}) => {
    const records: [string, string][] = [];
    const evaluation = await evaluate(
      () => {
        const dns: PaasClusterArgs["dns"] = {
          record: (_, { domain, address }) =>
            void (address as { apply(use: (value: string) => void): void }).apply(
              (value) => void records.push([domain, value]),
            ),
        };
        const cluster = new KubernetesCluster("kube", { cloud: docker(), controlPlanes: 1 });
        const made = new PaasCluster("paas", { cluster, domain: "apps.example.com", buckets, dns, ...args });
        return {
          url: made.url,
          address: made.address,
          ...(made.publicAddress && { publicAddress: made.publicAddress }),
        };
      },
      { stack: "dev" },
    );
    return { planned: new Planned(evaluation), records: records.sort() };
  };

  test("is a load balancer for the TLS port of the gateway only", async () => {
    const [{ planned: without }, { planned }] = [await paas(), await paas({ publicEndpoint: { from: everybody } })];
    expect(facts(planned, "paas-public")).toMatchObject({
      ports: [{ port: 443, targetPort: 30443, description: "apps and the platform's API" }],
      targets: ["kube-worker-0", "kube-worker-1"],
      allowFrom: everybody,
      address: "10.9.0.44",
    });
    expect(facts(planned, "paas-apps")).toEqual(facts(without, "paas-apps"));
    expect(planned.firewallRules().filter((opening) => !without.firewallRules().includes(opening))).toEqual([
      "10.9.0.44/32 -> kube-workers: 10256",
      "10.9.0.44/32 -> kube-workers: 30443",
    ]);
  });

  test("has the DNS names of apps; names of the platform stay private", async () => {
    expect((await paas()).records).toEqual([["*.apps.example.com", "10.9.0.78"]]);
    expect((await paas({ publicEndpoint: { from: everybody } })).records).toEqual([
      ["*.apps.example.com", "10.9.0.44"],
      ["drycc-builder.apps.example.com", "10.9.0.78"],
      ["drycc-passport.apps.example.com", "10.9.0.78"],
      ["drycc.apps.example.com", "10.9.0.78"],
    ]);
  });

  test.each<[string[], string]>([
    [[], "paas.publicEndpoint.from: is missing; give the address ranges of the internet that may connect"],
    [["all"], 'paas.publicEndpoint.from[0]: "all" is not an IPv4 range: write it like 10.0.0.0/16'],
  ])("is rejected: %j", async (from, message) => {
    await expect(paas({ publicEndpoint: { from } })).rejects.toThrow(new ArgumentError([message]));
  });
});
