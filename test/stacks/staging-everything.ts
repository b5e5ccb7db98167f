import { committed } from "./committed.ts";

type Values = Record<string, unknown>;

/** Staging with every setting that adds an OpenStack resource or one of its properties. */
export function stagingWithEverything(): Values {
  const given = committed("staging") as Record<string, Values>;
  const from = ["0.0.0.0/0"];
  const dns = { zoneId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e" };
  const certificate = {
    certificate: "-----BEGIN CERTIFICATE-----\npublic\n-----END CERTIFICATE-----\n",
    privateKey: "-----BEGIN PRIVATE KEY-----\nhush-public\n-----END PRIVATE KEY-----\n",
  };
  return {
    "paasmas:protect": true,
    "paasmas:network": { ...given["paasmas:network"], zones: ["nova", "Zone 2"] },
    "paasmas:openstack": {
      ...given["paasmas:openstack"],
      ...openstackSettings,
    },
    "paasmas:registry": { repositories: ["three-services/db", "three-services/api", "three-services/front"] },
    "paasmas:deployHook": {
      ...given["paasmas:deployHook"],
      publicEndpoint: { names: ["staging.example.com"], from, dns },
    },
    "paasmas:jenkins": {
      domain: "ci.staging.example.com",
      github: { organization: "example", appId: "1" },
      publicEndpoint: { name: "hooks.ci.staging.example.com", from: ["192.30.252.0/22"], certificate, dns },
      backup: { accessKey: "swift-user", secretKey: "swift-secret-key" },
    },
    "paasmas:paas": { ...given["paasmas:paas"], dns, publicEndpoint: { from } },
  };
}

/** Every optional setting of `openstack`, with values that public clouds use. */
const openstackSettings: Values = {
  flavors: { small: "1 GB General Purpose v1", medium: "2C-4GB" },
  antiAffinity: "preferred",
  dnsServers: ["9.9.9.9", "149.112.112.112"],
  volumeType: "luks",
  bootVolume: { sizeGiB: 20 },
  volumeZone: "Cinder Zone",
  mtu: 1450,
  region: "RegionOne",
};
