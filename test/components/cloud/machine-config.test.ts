import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import { type Config, config, file, IgnitionError } from "../../../ignition/index.ts";
import { planProgram } from "../planned.ts";

const clouds: Record<string, () => Cloud> = {
  aws: () =>
    new AwsCloud("cloud", {
      cidr: "10.9.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      image: "ami-0123456789abcdef0",
    }),
  openstack: () =>
    new OpenstackCloud("cloud", { cidr: "10.9.0.0/24", flavors: { small: "m1.small" }, imageName: "fcos" }),
  docker: () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" }),
};

// All clouds accept the same configs, so that dev can test a config for other clouds.
describe.each(Object.entries(clouds))("%s", (_, make) => {
  const machine = (given: Config) =>
    planProgram(() => {
      const cloud = make();
      const firewall = cloud.firewall("web", { description: "web" });
      cloud.machine("web-0", { role: "web", hostNumber: 20, firewall, config: () => given });
    });

  test("rejects a config that is too large, with its size", async () => {
    const failure = await machine(config(file({ path: "/opt/big", text: "x".repeat(1024 * 1024) }))).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ArgumentError);
    expect((failure as Error).message).toMatch(
      /^machine web-0: its Ignition config has 1048\d{3} bytes, at most 1048576 are allowed; put large files into an image or an object store$/,
    );
  });

  test("rejects a config that is not valid, with the machine and the path", async () => {
    const invalid = { ignition: { version: "3.4.0" }, storage: { files: [{ path: "etc/motd" }] } } as Config;
    const failure = await machine(invalid).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IgnitionError);
    expect((failure as Error).message).toMatch(/\n {2}machine web-0: \$\.storage\.files\.0\.path: .*absolute/);
  });
});
