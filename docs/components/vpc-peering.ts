import { AwsAccount, AwsCloud, VpcPeering } from "paasmas/clouds/aws";

export function peered() {
  const region = "eu-central-1";
  const prod = new AwsAccount("prod", { id: "111111111111", region });
  const ci = new AwsAccount("ci", { id: "222222222222", region });

  const settings = { zones: ["a", "b", "c"].map((zone) => `${region}${zone}`), image: "ami-0123456789abcdef0" };
  const there = new AwsCloud("prod", { cidr: "10.30.0.0/16", ...settings }, { providers: [prod.provider] });
  const here = new AwsCloud("ci", { cidr: "10.40.0.0/16", ...settings }, { providers: [ci.provider] });

  const peering = new VpcPeering("ci-to-prod", {
    from: { cloud: here, account: ci },
    to: { cloud: there, account: prod },
  });
  peering.allow("deploy", {
    from: here.firewall("jenkins", { description: "Jenkins" }),
    to: there.firewall("apps", { description: "apps" }),
    ports: [{ port: 9010, description: "deploy hook" }],
  });
  return { connection: peering.connectionId };
}
