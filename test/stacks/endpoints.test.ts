import { describe, expect, test } from "vitest";
import { factTypes } from "../../components/cloud/facts.ts";
import type { Endpoint } from "../../components/internal/endpoint.ts";
import type { Planned } from "../components/planned.ts";
import { committed } from "./committed.ts";
import { evaluated, type StackName } from "./evaluated.ts";

/** Endpoints of a stack: the URL, and where it is reachable from outside of the private network. */
function told({ outputs }: Planned): Record<string, string> {
  const endpoints = outputs.endpoints as Record<string, Endpoint>;
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, { url, at, ca, from = [] }]) => [
      name,
      [url, ...(at === undefined ? ["private"] : [`at ${at}`]), ...(ca ? ["ca"] : []), ...from].join(" "),
    ]),
  );
}

const everybody = ["0.0.0.0/0"];
const github = { organization: "example", appId: "4711" };

const pair = {
  certificate: "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
};

/** Everything that the committed dev leaves out. */
const all = {
  "paasmas:registry": { repositories: ["shop"] },
  "paasmas:deployHook": { apps: [{ name: "shop", repository: "shop", hosts: ["shop.example.com"] }] },
  "paasmas:jenkins": { domain: "ci.example.com", github },
  "paasmas:kubernetes": {},
  "paasmas:paas": {},
  "paasmas:logs": {},
  "paasmas:monitoring": {},
  "paasmas:docker": {
    publishedPorts: { "3306": 13306, "jenkins-front:443": 8443, "jenkins-front:80": 8080, "paas-apps:443": 9443 },
  },
};

describe("the endpoints of", () => {
  test("the committed dev are the published ports of the database", async () => {
    expect(told(await evaluated("dev"))).toEqual({
      "database writes": "mysql://10.77.0.40:3306 at 127.0.0.1:3306",
      "database reads": "mysql://10.77.0.40:3307 at 127.0.0.1:3307",
    });
  });

  test("dev with all components are published, except those of machines without a load balancer", async () => {
    expect(told(await evaluated("dev", all))).toEqual({
      "database writes": "mysql://10.77.0.40:3306 at 127.0.0.1:13306",
      "database reads": "mysql://10.77.0.40:3307 at 127.0.0.1:3307",
      "hook url": "http://10.77.0.60:9010 private",
      "hook remoteUrl": "https://10.77.0.60:9443 private",
      "jenkins url": "https://jenkins.ci.example.com/ at 127.0.0.1:8443 ca",
      "kubernetes api": "https://api.kube.internal:6443/ at 127.0.0.1:6443 ca",
      "paas url": "https://drycc.10-77-0-78.nip.io at 127.0.0.1:9443 ca",
      logs: "https://10.77.0.45:3100 private",
      monitoring: "https://10.77.0.46:3000 private",
    });
  });

  test.each(["staging", "prod"] as const)("the committed %s are all in the private network", async (stack) => {
    const endpoints = told(await evaluated(stack));
    expect(Object.keys(endpoints).length).toBeGreaterThanOrEqual(8);
    expect(Object.values(endpoints).filter((text) => !/ private( ca)?$/.test(text))).toEqual([]);
  });

  test.each(["staging", "prod"] as const)("%s with public endpoints include each public address", async (stack) => {
    const planned = await evaluated(stack, open(stack));
    const balancers = planned.resources.filter(
      ({ type, inputs }) => type === factTypes.loadBalancer && inputs.scheme === "public",
    );
    expect(balancers).toHaveLength(3);
    const outside = Object.entries(told(planned)).filter(([, text]) => !/ private( ca)?$/.test(text));
    const domain = stack === "prod" ? "example.com" : "staging.example.com";
    expect(Object.fromEntries(outside)).toEqual({
      "hook apps": expect.stringMatching(
        new RegExp(`^tcp://${domain.replaceAll(".", "\\.")}:443 at \\S+:443 0\\.0\\.0\\.0/0$`),
      ),
      "jenkins webhookUrl": expect.stringMatching(
        /^https:\/\/hooks\.ci\.\S+\/github-webhook\/ at \S+:443 ca 140\.82\.112\.0\/20$/,
      ),
      "paas publicUrl": expect.stringMatching(/^https:\/\/drycc\.\S+ at \S+:443( ca)? 0\.0\.0\.0\/0$/),
    });
  });
});

/** The committed settings of a stack, with all public endpoints. */
function open(stack: StackName): Record<string, unknown> {
  const config = committed(stack) as Record<string, Record<string, unknown>>;
  const domain = stack === "prod" ? "example.com" : "staging.example.com";
  const jenkins = config["paasmas:jenkins"] ?? { domain: `ci.${domain}`, github };
  return {
    ...(stack === "staging" && {
      "paasmas:registry": { repositories: ["three-services/db", "three-services/api", "three-services/front"] },
    }),
    "paasmas:jenkins": {
      ...jenkins,
      publicEndpoint: { name: `hooks.ci.${domain}`, from: ["140.82.112.0/20"], certificate: pair },
    },
    "paasmas:deployHook": {
      ...config["paasmas:deployHook"],
      publicEndpoint: { names: [domain], from: everybody },
    },
    "paasmas:paas": { ...config["paasmas:paas"], publicEndpoint: { from: everybody } },
  };
}
