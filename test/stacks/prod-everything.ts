import { committed } from "./committed.ts";

type Settings = Record<string, Record<string, unknown>>;

const pair = {
  certificate: "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
  privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
};
const zoneId = "Z0123456789ABCDEFGHIJ";
const everybody = ["0.0.0.0/0"];

/** Changes to the committed prod: public endpoints, a second monitoring host, and all options of the AWS network. */
export function prodWithEverything(): Record<string, unknown> {
  const config = committed("prod") as Settings;
  return {
    "paasmas:aws": {
      ...config["paasmas:aws"],
      architecture: "aarch64",
      connectEndpoint: true,
      volumes: {
        galera: { iops: 6000, throughputMiBps: 500 },
        "kubernetes-worker": { iops: 4000 },
        "jenkins-agent": { throughputMiBps: 250 },
      },
    },
    "paasmas:kubernetes": { ...config["paasmas:kubernetes"], connectTo: "127.0.0.1:6443" },
    "paasmas:jenkins": {
      ...config["paasmas:jenkins"],
      monitoring: {},
      publicEndpoint: { name: "hooks.ci.example.com", from: ["192.30.252.0/22"], certificate: pair, dns: { zoneId } },
    },
    "paasmas:deployHook": {
      ...config["paasmas:deployHook"],
      publicEndpoint: { names: ["example.com"], from: everybody, dns: { zoneId } },
    },
    "paasmas:paas": { ...config["paasmas:paas"], publicEndpoint: { from: everybody } },
  };
}
