import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contents, paasmas, projectCopy } from "./run.ts";

let dir: string;
beforeAll(() => {
  dir = projectCopy();
  writeFileSync(join(dir, "broken.yaml"), "galera: [");
  writeFileSync(join(dir, "list.yaml"), "- galera");
  writeFileSync(join(dir, "text.json"), "this is no plan");
  writeFileSync(join(dir, "other.json"), '{"format": 1, "environment": "prod", "project": "paasmas", "leftToConfigure": [], "policies": [], "resources": [{"urn": 5}]}');
});
afterAll(() => rmSync(dir, { recursive: true }));

const cannotBeUsed = (stack: string, problem: string) => `paasmas: The config of stack ${stack} cannot be used:\n  ${problem}\n`;
const savedPlan = 'a saved plan is a file that "paasmas plan" wrote, plan/<environment>.json';

const cases: [what: string, args: string[], message: string][] = [
  ["an unknown key", ["plan", "dev", "--set", "galera.sise=3"], cannotBeUsed("dev", "galera.sise: is not a setting; did you mean size?")],
  ["a wrong type", ["plan", "dev", "--set", "galera.volumeGiB=much"], 'galera.volumeGiB: "much" is not allowed; use a whole number'],
  ["an even cluster", ["plan", "dev", "--set", "galera.size=4"], cannotBeUsed("dev", "galera.size: 4 is even; use 3 or 5")],
  ["a tiny cluster", ["plan", "prod", "--set", "galera.size=1"], "galera.size: 1 is not a size that keeps a quorum; use 3 or 5"],
  ["overlapping ranges", ["plan", "prod", "--set", "network.cidr=10.20.0.0/16"], 'network.cidr: "10.20.0.0/16" overlaps network.inUse.staging 10.20.0.0/16'],
  ["a range that is too small", ["plan", "dev", "--set", "network.cidr=10.77.0.0/29"], 'network.cidr: "10.77.0.0/29" is too small'],
  ["an unknown environment", ["plan", "qa"], 'paasmas: there is no environment "qa"; use dev, staging, prod, or add stacks/Pulumi.qa.yaml\n'],
  ["an empty secret", ["plan", "dev", "--set", "galera.passwords={root: ''}"], "galera.passwords.root: the given secret is not allowed; use at least 12"],
  ["a bad ssh key", ["plan", "dev", "--set", "sshAuthorizedKeys=[ssh-rsa abc]"], 'sshAuthorizedKeys[0]: "ssh-rsa abc" is cut short'],
  [
    "an Ignition snippet that does not validate",
    ["plan", "dev", "--set", "etcd.snippets=[{storage: {files: [{path: relative}]}}]"],
    'etcd.snippets[0].storage.files[0].path: "relative" is not absolute',
  ],
  ["a file that is not there", ["plan", "prod", "--config", "nope.yaml"], "paasmas: nope.yaml: no such file\n"],
  ["a folder in place of a file", ["plan", "prod", "--config", "stacks"], "paasmas: stacks: cannot be read (EISDIR)\n"],
  ["a file that is not YAML", ["plan", "prod", "--config", "broken.yaml"], "paasmas: broken.yaml: not YAML: Flow sequence"],
  ["a file without settings", ["plan", "prod", "--config", "list.yaml"], 'paasmas: list.yaml: ["galera"] is not a group of settings; use name: value\n'],
  ["a setting without a value", ["plan", "dev", "--set", "galera.size"], "paasmas: --set galera.size: has no value; use a path and a value, as in --set galera.size=5\n"],
  ["a setting below a number", ["plan", "dev", "--set", "galera.size.x=1"], 'paasmas: --set galera.size.x: 3 has no "x": it is not a group of settings\n'],
  ["a saved plan that is not JSON", ["plan", "--against", "text.json"], `paasmas: text.json: not JSON (Unexpected token`],
  ["a saved plan that is none", ["plan", "--against", "other.json"], "paasmas: other.json: resources.0.urn: Invalid input: expected string, received number"],
  ["a saved plan that is not there", ["plan", "--against", "plan/prod.json"], `paasmas: plan/prod.json: no such file; ${savedPlan}\n`],
  ["an unknown machine", ["ignition", "dev", "galera-7"], 'paasmas: dev has no machine "galera-7"; it has etcd-0, etcd-1, etcd-2, galera-0, galera-1, galera-2, lb-0\n'],
  ["an unknown option", ["plan", "--nope"], "paasmas: unknown option '--nope'\n"],
  ["an unknown command", ["frobnicate"], "paasmas: unknown command 'frobnicate'\n"],
  ["up of an unknown environment", ["up", "qa"], 'paasmas: there is no environment "qa"; use dev, staging, prod'],
  ["up with bad settings in the stack's file", ["up", "prod"], "paasmas: left to configure before prod can be brought up:\n  aws.accountId: "],
  ["a policy pack that is none", ["preview", "dev", "--policy-pack", "stacks"], "paasmas: --policy-pack stacks: is not a policy pack: it has no PulumiPolicy.yaml\n"],
];

describe.concurrent("bad input gives one message, code 2, and writes nothing", { timeout: 60_000 }, () => {
  test.each(cases)("%s", async (_, args, message) => {
    const before = contents(dir);
    const ran = await paasmas(dir, args);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(contents(dir)).toEqual(before);
  });
});

test("a folder that is no project is told as such", async () => {
  const ran = await paasmas(join(dir, "stacks"), ["plan"]);
  expect(ran).toEqual({ code: 2, stdout: "", stderr: `paasmas: ${join(dir, "stacks")} is not a Pulumi project: it has no Pulumi.yaml\n` });
});
