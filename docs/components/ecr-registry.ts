import { AwsAccount, AwsCloud } from "paasmas/clouds/aws";
import { config } from "paasmas/ignition";
import { EcrRegistry } from "paasmas/registries/aws";

export function images() {
  const region = "eu-central-1";
  const prod = new AwsAccount("prod", { id: "111111111111", region });
  const ci = new AwsAccount("ci", { id: "222222222222", region, assumeRole: "arn:aws:iam::222222222222:role/deploy" });

  const registry = new EcrRegistry("registry", {
    account: prod,
    repositories: ["shop/api", "shop/front"],
    ci: { account: ci, machines: ["jenkins"] },
    organizationId: "o-abcdefghij",
  });

  const zones = ["a", "b", "c"].map((zone) => `${region}${zone}`);
  const image = "ami-0123456789abcdef0";
  const there = new AwsCloud("prod", { cidr: "10.30.0.0/16", zones, image }, { providers: [prod.provider] });
  const here = new AwsCloud("ci", { cidr: "10.40.0.0/16", zones, image }, { providers: [ci.provider] });
  const machine = (cloud: AwsCloud, name: string, access: ReturnType<typeof registry.pull>) => {
    const firewall = cloud.firewall(name, { description: name });
    cloud.machine(name, { role: name, hostNumber: 20, firewall, access: [access], config: () => config() });
  };
  machine(here, "jenkins", registry.push("jenkins"));
  machine(there, "apps", registry.pull());
  return { address: registry.address, api: registry.url("shop/api") };
}
