import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causeOf } from "../../../cli/engine/diagnosis.ts";
import type { DockerHost } from "../../../cli/engine/docker-owner.ts";

describe("the cause in a message of the engine", () => {
  const taken = "Unable to start container: Error response from daemon: no space left on device";

  it("is the same for both forms of a provider's error", () => {
    expect(
      causeOf(`<{%reset%}>  sdk-v2/provider2.go:572: sdk.helper_schema: ${taken}: provider=docker@5.2.0<{%reset%}>\n`),
    ).toBe(taken);
    expect(
      causeOf(
        "1 error occurred:\n\t* creating urn:pulumi:dev::paasmas::" +
          `docker:index/container:Container::lb-front-haproxy: 1 error occurred:\n\t* ${taken}\n\n`,
      ),
    ).toBe(taken);
  });

  describe("of a conflict on the Docker host", () => {
    const host: DockerHost = {
      object: (kind, name) =>
        name.startsWith("paasmas-dev-")
          ? { name, project: "paasmas", stack: "dev", created: `2026-12-01 06:30` }
          : name === "other"
            ? { name: `${kind}-other` }
            : undefined,
      onPort: (port) =>
        port === 3306 ? { name: "paasmas-bob-lb-front", project: "paasmas", stack: "bob" } : undefined,
    };
    const ours = "made by stack dev of project paasmas, created 2026-12-01 06:30, and is not in this state: ";
    const remedy =
      "another checkout has a stack of this name, or an update was interrupted; use a stack with another name " +
      "(paasmas:environment), network.cidr and docker.publishedPorts, or destroy the stack there, or remove it: ";
    const bob = "container paasmas-bob-lb-front, made by stack bob of project paasmas";
    const port = (number: number, whose: string) =>
      `port ${number} of 127.0.0.1 on the Docker host is taken by ${whose}; ` +
      "stop it, or set another port in docker.publishedPorts";
    const endpoint = "driver failed programming external connectivity on endpoint paasmas-dev-lb-front (cbf9a58a6f5d)";

    // Messages of Docker 20.10 and 28, as the provider and the gate pass them on.
    it.each<[string, string]>([
      [
        "Unable to create network: Error response from daemon: network with name paasmas-dev-paasmas already exists",
        `the network paasmas-dev-paasmas exists already, ${ours}${remedy}docker network rm paasmas-dev-paasmas`,
      ],
      [
        'Unable to create container: Error response from daemon: Conflict. The container name "/paasmas-dev-etcd-0" is ' +
          'already in use by container "89e75445fbfe". You have to remove (or rename) that container.',
        `the container paasmas-dev-etcd-0 exists already, ${ours}${remedy}docker rm --force paasmas-dev-etcd-0`,
      ],
      [
        "Unable to create network: Error response from daemon: network with name other already exists",
        `the network other exists already, not made by a stack, and is not in this state: ${remedy}docker network rm other`,
      ],
      [
        "Unable to create network: Error response from daemon: network with name gone already exists",
        `the network gone exists already, and is not in this state: ${remedy}docker network rm gone`,
      ],
      [
        `Unable to start container: Error response from daemon: ${endpoint}: Bind for 127.0.0.1:3306 failed: ` +
          "port is already allocated",
        port(3306, bob),
      ],
      [
        `Unable to start container: Error response from daemon: ${endpoint}: Error starting userland proxy: ` +
          "listen tcp4 127.0.0.1:3307: bind: address already in use",
        port(3307, "a program outside of Docker"),
      ],
      [
        `Error response from daemon: failed to set up container networking: ${endpoint}: failed to bind host port for ` +
          "127.0.0.1:3306:10.77.0.40:3306/tcp: address already in use",
        port(3306, bob),
      ],
      [
        `load balancer lb-front: its container cannot start: Error response from daemon: ${endpoint}: Error starting ` +
          "userland proxy: listen tcp4 127.0.0.1:3307: bind: address already in use",
        `load balancer lb-front: its container cannot start: ${port(3307, "a program outside of Docker")}`,
      ],
      [
        "Unable to create network: Error response from daemon: Pool overlaps with other one on this address space",
        "network.cidr overlaps another network of the Docker host; " +
          "set another range in network.cidr (`docker network inspect` shows the ranges)",
      ],
    ])("names the owner and the setting: %s", (message, expected) => {
      expect(causeOf(message, host)).toBe(expected);
      expect(causeOf(`1 error occurred:\n\t* creating urn:x: 1 error occurred:\n\t* ${message}\n\n`, host)).toBe(
        expected,
      );
    });
  });

  it("is the message of a component's hook, in a preview and in an update", () => {
    const refusal = "kube.version: 1.36.4 would skip 1.35, because 1.34.9 runs; use 1.35.8";
    expect(causeOf(`<{%reset%}>Preview failed: before hook "kube.version" failed: ${refusal}<{%reset%}>\n`)).toBe(
      refusal,
    );
    expect(causeOf(`before hook "kube.version" failed: ${refusal}`)).toBe(refusal);
  });

  describe("of a gate", () => {
    const folder = new URL("../../../components/cloud/", import.meta.url);
    const scripts = ["docker/gate.sh", "openstack/gate.sh"].map((file) => readFileSync(new URL(file, folder), "utf8"));
    const reason = "machine db-1: not ready after 600 s\nlast answer of /opt/paasmas/bin/ready: not Synced: state 2";
    const log = "last lines of its log:\n  Failed to start galera.service: no space left on device";
    /** The text in quotes of Go's %q, as in the error of the command provider. */
    const quoted = (script: string) => JSON.stringify(script).replaceAll("\\u001b", "\\x1b");
    const forms = [
      (text: string) => text,
      (text: string) => `<{%reset%}>  ${text}<{%reset%}>\n`,
      (text: string) =>
        `1 error occurred:\n\t* creating urn:pulumi:dev::p::t::db-1-ready: 1 error occurred:\n\t* ${text}\n\n`,
    ];
    const cases = scripts.flatMap((script, cloud) =>
      forms.map((form, i) => ({ name: `${["Docker", "OpenStack"][cloud]}, form ${i}`, script: quoted(script), form })),
    );

    it.each(cases)("is the output, without the script: $name", ({ script, form }) => {
      const failed = `exit status 1: running ${script}:\n`;
      expect(causeOf(form(`${failed}${reason}\n${log}\n`))).toBe(`${reason}\n${log}`);
      expect(causeOf(form(`${failed}${reason}\nlast lines of its log:\n`))).toBe(reason);
      expect(causeOf(form(failed))).toBe("the command failed without output: exit status 1");
      expect(causeOf(form(`signal: killed: running ${script}:\n`))).toBe(
        "the command failed without output: signal: killed",
      );
    });

    it("is without the script if the message is cut in the script", () => {
      const cut = quoted(scripts[0]!).slice(0, 500);
      expect(causeOf(`exit status 1: running ${cut}`)).toBe("the command failed without output: exit status 1");
    });
  });

  it("is the message of a failed gate on AWS, without the stack trace", () => {
    const errorMessage = "galera-0 (10.0.0.20:9000/ready) was not ready within 900 s\nunit galera.service failed";
    const answer = JSON.stringify({ errorType: "Error", errorMessage, trace: ["Error: x", "    at handler (file:1)"] });
    for (const name of ["lambda function", "Lambda Function"]) {
      const message = `invoking ${name} (arn:aws:lambda:x:function:gate) returned error: (${answer})`;
      expect(causeOf(`1 error occurred:\n\t* creating urn:x: 1 error occurred:\n\t* ${message}\n\n`)).toBe(
        errorMessage,
      );
    }
    const cut = 'lambda function (gate) returned error: ({"errorType":)';
    expect(causeOf(cut)).toBe(cut);
  });

  it("names the command that installs a missing plugin", () => {
    expect(
      causeOf(
        "Could not automatically download and install resource plugin 'pulumi-resource-aws' at version v7.48.0, " +
          "install the plugin using `pulumi plugin install resource aws v7.48.0`: error downloading provider aws to " +
          "file: failed to download plugin: aws-7.48.0: failed all 5 attempts",
      ),
    ).toBe(
      "the provider plugin aws 7.48.0 is not installed, and downloading it failed; " +
        "put pulumi-resource-aws on the PATH, or run this with a network: npm run pulumi -- plugin install resource aws v7.48.0",
    );
  });

  it.each([
    ["a retry", 'error downloading provider: Get "https://get.pulumi.com/": no such host\nWill retry in 80ms [1/5]'],
    ["where a plugin was found", "using pulumi-resource-tls from $PATH at /usr/local/bin/pulumi-resource-tls\n"],
    ["the end of a remediation that was cancelled", "failed to run remediation: rpc error: context canceled"],
    ["the sum", "<{%fg 1%}>update failed<{%reset%}>"],
    ["nothing", "<{%reset%}>\n"],
  ])("leaves out %s", (_, message) => {
    expect(causeOf(message)).toBeUndefined();
  });

  it("is the unchanged text of all other messages", () => {
    expect(causeOf("warning: Stack prod needs these settings before `up`:\n  aws.image: the image")).toBe(
      "Stack prod needs these settings before `up`:\n  aws.image: the image",
    );
  });
});
