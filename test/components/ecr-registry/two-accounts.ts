import type { Plan } from "../cloud/aws-plan.ts";
import { plan, zones } from "../cloud/aws-plan.ts";
import { AwsAccount, AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { MachineAccess } from "../../../components/cloud/cloud.ts";
import { EcrRegistry, type EcrRegistryArgs } from "../../../components/ecr-registry/index.ts";
import { config } from "../../../ignition/index.ts";

export const prodId = "111111111111";
export const ciId = "222222222222";
export const region = "eu-central-1";

/** Arguments of the machines. */
export interface Scene {
  prod: AwsAccount;
  ci: AwsAccount;
  prodCloud: AwsCloud;
  ciCloud: AwsCloud;
  registry: EcrRegistry;
}

/** Two accounts with a network each. The machine `jenkins` of one account pushes to the registry of the other. */
export function twoAccounts(
  args: Partial<EcrRegistryArgs> | ((accounts: { prod: AwsAccount; ci: AwsAccount }) => Partial<EcrRegistryArgs>) = {},
  use: (scene: Scene) => void = () => {},
): Promise<Plan> {
  return plan(() => {
    const prod = new AwsAccount("prod", { id: prodId, region });
    const ci = new AwsAccount("ci", { id: ciId, region });
    const cloud = (name: string, account: AwsAccount, cidr: string) =>
      new AwsCloud(name, { cidr, zones, image: "ami-0123456789abcdef0" }, { providers: [account.provider] });
    const registry = new EcrRegistry("registry", {
      account: prod,
      repositories: ["app", "shop/api"],
      ci: { account: ci, machines: ["jenkins"] },
      ...(typeof args === "function" ? args({ prod, ci }) : args),
    });
    use({
      prod,
      ci,
      registry,
      prodCloud: cloud("prod-net", prod, "10.30.0.0/16"),
      ciCloud: cloud("ci-net", ci, "10.40.0.0/16"),
    });
  });
}

/** A machine with access to the registry. */
export function machine(cloud: AwsCloud, name: string, hostNumber: number, access: MachineAccess[]): void {
  cloud.machine(name, {
    role: name,
    hostNumber,
    firewall: cloud.firewall(name, { description: name }),
    access,
    config: () => config(),
  });
}

/** Both accounts in their intended use: one machine builds, one runs, and a third one in each account does neither. */
export function usual(args: Partial<EcrRegistryArgs> = {}): Promise<Plan> {
  return twoAccounts(args, ({ registry, prodCloud, ciCloud }) => {
    machine(ciCloud, "jenkins", 20, [registry.push("jenkins")]);
    machine(ciCloud, "cache", 21, []);
    machine(prodCloud, "app", 20, [registry.pull()]);
    machine(prodCloud, "mail", 21, []);
  });
}
