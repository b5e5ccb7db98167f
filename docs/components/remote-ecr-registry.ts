import type * as pulumi from "@pulumi/pulumi";
import { type Cloud, DeployHook } from "paasmas";
import { RemoteEcrRegistry } from "paasmas/registries/aws";

/** @param secretKey From the stack's config, `requireSecret("registrySecretKey")`. */
export function pulledApps(cloud: Cloud, secretKey: pulumi.Input<string> = "a".repeat(40)) {
  const host = "111111111111.dkr.ecr.eu-central-1.amazonaws.com";
  const registry = new RemoteEcrRegistry("registry", {
    host,
    repositories: ["shop/api"],
    accessKey: "AKIAIOSFODNN7EXAMPLE",
    secretKey,
  });
  const hook = new DeployHook("apps", {
    cloud,
    registry,
    apps: [{ name: "shop", hosts: ["shop.example.com"], repository: `${host}/shop/api` }],
  });
  return { url: hook.url, image: registry.url("shop/api") };
}
