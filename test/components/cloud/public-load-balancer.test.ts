import { describe, expect, test } from "vitest";
import { diagramDot } from "../../../cli/plan/html/diagram.ts";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { modelOf } from "../../../cli/plan/model.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { planText } from "../../../cli/plan/text.ts";
import type { AwsCloudArgs } from "../../../components/cloud/aws/index.ts";
import type { Cloud, LoadBalancer, LoadBalancerArgs } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { OpenstackCloud, type OpenstackCloudArgs } from "../../../components/cloud/openstack/index.ts";
import { policies } from "../../../policies/all.ts";
import { brief, newCloud, Plan } from "./aws-plan.ts";

const github = ["140.82.112.0/20", "192.30.252.0/22"];
const image = "6f1d4b1c-0000-4000-8000-000000000044";

/** A public load balancer without targets, with changed arguments. */
function entrance(cloud: Cloud, args: Partial<LoadBalancerArgs> = {}): LoadBalancer {
  const targetFirewall = cloud.firewall("web", { description: "web servers" });
  return cloud.loadBalancer("web-public", {
    hostNumber: 40,
    targets: [],
    targetFirewall,
    ports: [{ port: 443, targetPort: 8443, description: "HTTPS" }],
    health: { port: 8404, path: "/healthz" },
    exposure: "public",
    allowFrom: github,
    ...args,
  });
}

const clouds = {
  aws: (args: Partial<AwsCloudArgs> = {}) => newCloud(args),
  openstack: (args: Partial<OpenstackCloudArgs> = {}) =>
    new OpenstackCloud("net", {
      cidr: "10.30.0.0/24",
      flavors: { small: "m1.small" },
      imageId: image,
      externalNetworkId: "ext",
      ...args,
    }),
  docker: () => new DockerCloud("dev", { cidr: "10.77.0.0/24" }),
};

async function plan(cloud: () => Cloud, args: Partial<LoadBalancerArgs> = {}): Promise<Plan & { address: unknown }> {
  const { resources, outputs } = await evaluate(() => ({ address: entrance(cloud(), args).address }), {
    stack: "prod",
  });
  return Object.assign(new Plan(resources), { address: outputs.address });
}

describe("a public load balancer on AWS", () => {
  test("is in the public subnets, marked as public, and waits for their routes", async () => {
    const planned = await plan(clouds.aws);
    const nlb = planned.one("aws:lb/loadBalancer:LoadBalancer", "web-public");
    expect(nlb.inputs).toMatchObject({
      internal: false,
      loadBalancerType: "network",
      tags: { Exposure: "public", Role: "load-balancer" },
    });
    const mappings = nlb.inputs.subnetMappings as object[];
    expect(mappings.map((mapping) => Object.keys(mapping))).toEqual([["subnetId"], ["subnetId"], ["subnetId"]]);
    const subnets = ["a", "b", "c"].map((zone) => `Subnet prod-nat-eu-central-1${zone}`);
    expect(nlb.propertyDependencies.subnetMappings?.map(brief).sort()).toEqual(subnets);
    expect(planned.dependencies("aws:lb/loadBalancer:LoadBalancer", "web-public")).toEqual([
      "Route prod-public",
      ...["a", "b", "c"].map((zone) => `RouteTableAssociation prod-nat-eu-central-1${zone}`),
      "SecurityGroup web-public-sg",
      ...subnets,
    ]);
    expect(planned.inputs("SecurityGroup", "web-public-sg").tags).not.toHaveProperty("Exposure");
    expect(planned.address).toMatch(/^web-public-.*\.amazonaws\.com$/);
  });

  test("accepts only clients in allowFrom, and none from the network", async () => {
    const planned = await plan(clouds.aws);
    const rules = planned.all("FirewallRule").map(({ inputs }) => `${inputs.from} -> ${inputs.to} ${inputs.fromPort}`);
    expect(rules.sort()).toEqual([
      "140.82.112.0/20 -> web-public 443",
      "192.30.252.0/22 -> web-public 443",
      "web-public -> web 8404",
      "web-public -> web 8443",
    ]);
    expect(planned.inputs("paasmas:cloud:LoadBalancer", "web-public")).toEqual({
      role: "load-balancer",
      ports: [{ port: 443, targetPort: 8443, description: "HTTPS" }],
      targets: [],
      allowFrom: github,
      scheme: "public",
    });
  });
});

describe("a public load balancer on OpenStack", () => {
  test("has a marked floating IP address for its private address, and waits for the router", async () => {
    const planned = await plan(clouds.openstack);
    const balancer = planned.one("openstack:loadbalancer/loadBalancer:LoadBalancer", "web-public-balancer");
    expect(balancer.inputs).toMatchObject({
      vipAddress: "10.30.0.40",
      tags: expect.arrayContaining(["Exposure=public", "Role=load-balancer"]),
    });
    expect(planned.inputs("FloatingIp", "web-public-address")).toEqual({
      description: "Public address of the load balancer web-public",
      pool: "network ext",
      portId: balancer.outputs.vipPortId,
      tags: ["Environment=prod", "ManagedBy=pulumi", "Project=paasmas", "Role=load-balancer", "Exposure=public"],
    });
    expect(planned.dependencies("FloatingIp", "web-public-address")).toEqual([
      "LoadBalancer web-public-balancer",
      "RouterInterface net-router-interface",
    ]);
    expect(planned.inputs("Listener", "web-public-443-listener")).toMatchObject({
      protocolPort: 443,
      allowedCidrs: github,
      tags: expect.arrayContaining(["Exposure=public"]),
    });
    expect(planned.address).toBe(planned.one("FloatingIp", "web-public-address").outputs.address);
    const facts = planned.one("paasmas:cloud:LoadBalancer", "web-public").inputs;
    expect(facts).toMatchObject({ allowFrom: github, scheme: "public" });
    expect(facts).not.toHaveProperty("address");
  });
});

test("a public load balancer in Docker is published like every other load balancer", async () => {
  const planned = await plan(clouds.docker);
  expect(planned.inputs("LoadBalancer", "web-public")).toMatchObject({
    scheme: "published",
    address: "10.77.0.40",
    allowFrom: github,
  });
  expect(planned.inputs("Container", "web-public-haproxy").ports).toEqual([
    { internal: 443, external: 443, ip: "127.0.0.1", protocol: "tcp" },
  ]);
});

describe.each(Object.entries(clouds))("a public load balancer on %s", (kind, cloud) => {
  test.each<[string, Partial<LoadBalancerArgs>, string]>([
    [
      "missing client ranges",
      { allowFrom: undefined },
      "web-public.allowFrom: is missing; give the address ranges of the internet that may connect",
    ],
    [
      "an empty list of client ranges",
      { allowFrom: [] },
      "web-public.allowFrom: is missing; give the address ranges of the internet that may connect",
    ],
    [
      "an unknown exposure",
      { exposure: "internet" as never },
      'web-public.exposure: "internet" is not allowed; use private or public',
    ],
  ])("rejects %s", async (_what, args, message) => {
    await expect(plan(cloud, args)).rejects.toThrow(message);
  });

  test("rejects machines as clients, in its arguments and later", async () => {
    const clients = (made: Cloud) => [made.firewall("inside", { description: "machines" })];
    const early = () =>
      evaluate(
        () => {
          const made = cloud();
          entrance(made, { clients: clients(made) });
        },
        { stack: "prod" },
      );
    await expect(early()).rejects.toThrow(
      "web-public.clients: cannot connect to a public load balancer; create a private one for them",
    );
    const late = () =>
      evaluate(
        () => {
          const made = cloud();
          entrance(made).allowClients(clients(made)[0]!);
        },
        { stack: "prod" },
      );
    await expect(late()).rejects.toThrow(
      "web-public: machines cannot connect to a public load balancer; create a private one for them",
    );
  });

  test("violates no policy with web ports, but violates one with the database port", async () => {
    const violated = async (args: Partial<LoadBalancerArgs>) => {
      const { resources } = await plan(cloud, args);
      const results = await runPolicies(policies, resources);
      const about = results.filter(({ name }) => /internal|marked|narrowed|guarded|public/.test(name));
      return about.flatMap(({ violations }) =>
        violations.map(({ policy, message }) => `${policy}: ${message.split(" (", 1)}`),
      );
    };
    expect(await violated({ allowFrom: ["0.0.0.0/0"] })).toEqual([]);
    expect(await violated({ ports: [{ port: 3306, description: "SQL" }], allowFrom: ["0.0.0.0/0"] })).toEqual(
      {
        aws: [
          "aws-no-open-guarded-ports: web-public-3306-from-0-in",
          "aws-public-load-balancer-ports: web-public-3306-from-0-in",
        ],
        openstack: ["openstack-public-listener-ports: web-public-3306-listener"],
        docker: [],
      }[kind],
    );
  });
});

test("is rejected in a network without inbound access", async () => {
  await expect(plan(() => clouds.aws({ egress: "none" }))).rejects.toThrow(
    'web-public.exposure: public is not possible: the network has no public subnets; set egress: "nat" on its cloud',
  );
  await expect(plan(() => clouds.openstack({ externalNetworkId: undefined }))).rejects.toThrow(
    "web-public.exposure: public is not possible: the network has no router to an external network; set externalNetworkId on its cloud",
  );
});

test("is marked as public in the plan, which shows the internet", async () => {
  const { resources } = await plan(clouds.aws);
  const text = planText({
    environment: "prod",
    project: "paasmas",
    resources: [...resources],
    policies: [],
    missingSettings: [],
  });
  expect(text).toContain("web-public  a public one");
  expect(text).toContain("140.82.112.0/20, 192.30.252.0/22 (public)");
  const dot = diagramDot(modelOf(resources));
  const arrows = dot
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(" -> ") && line.includes("lb web-public"));
  expect(arrows).toEqual([
    '"lb web-public" -> "role web" [label=" 8404, 8443 "];',
    '"internet to web-public" -> "lb web-public" [label=" 443 "];',
  ]);
  expect(dot).toMatch(/"internet to web-public" \[label=<.*<B>internet<\/B>.*140\.82\.112\.0\/20.*192\.30\.252\.0\/22/);
  expect(dot).toContain("load balancer, public");
});
