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

  it("names the command that installs a missing plugin", () => {
    expect(
      causeOf(
        "Could not automatically download and install resource plugin 'pulumi-resource-aws' at version v7.48.0, " +
          "install the plugin using `pulumi plugin install resource aws v7.48.0`: error downloading provider aws to " +
          "file: failed to download plugin: aws-7.48.0: failed all 5 attempts",
      ),
    ).toBe(
      "the provider plugin aws 7.48.0 is not installed, and downloading it failed; " +
        "put pulumi-resource-aws on the PATH, or run this with a network: pulumi plugin install resource aws v7.48.0",
    );
  });

  it.each([
    ["a retry", 'error downloading provider: Get "https://get.pulumi.com/": no such host\nWill retry in 80ms [1/5]'],
    ["where a plugin was found", "using pulumi-resource-tls from $PATH at /usr/local/bin/pulumi-resource-tls\n"],
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
