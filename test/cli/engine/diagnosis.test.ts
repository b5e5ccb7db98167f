import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { causeOf } from "../../../cli/engine/diagnosis.ts";

describe("the cause in a message of the engine", () => {
  const taken =
    "Unable to start container: Error response from daemon: driver failed: " +
    "listen tcp4 127.0.0.1:3306: bind: address already in use";

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
