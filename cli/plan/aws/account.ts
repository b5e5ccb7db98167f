import type { PlannedResource } from "../resource.ts";

/** The part of a resource that cost and quotas read. */
export type AwsResource = Pick<PlannedResource, "type" | "urn" | "name" | "inputs" | "custom" | "provider"> &
  Partial<Pick<PlannedResource, "propertyDependencies">>;

/** An AWS account in one region: AWS bills accounts, and has quotas for each region. */
export interface AccountRegion {
  /** Name of the provider; `default provider` for resources without an explicit one. */
  name: string;
  /** 12 digits, if the provider is limited to one account. */
  id?: string;
  region?: string;
}

const providerType = "pulumi:providers:aws";

/** The AWS resources of a plan by account and region, in the order of the plan. */
export function byAccount(resources: readonly AwsResource[]): Map<AccountRegion, AwsResource[]> {
  const accounts = new Map<string, AccountRegion>();
  for (const { type, urn, name, inputs } of resources) {
    if (type === providerType) accounts.set(urn, accountOf(name, inputs));
  }
  const byDefault: AccountRegion = { name: "default provider" };
  const groups = new Map<AccountRegion, AwsResource[]>();
  for (const resource of resources) {
    if (!resource.custom || !resource.type.startsWith("aws:")) continue;
    const urn = resource.provider?.split("::").slice(0, -1).join("::") ?? "";
    const account = accounts.get(urn) ?? byDefault;
    const group = groups.get(account);
    if (group === undefined) groups.set(account, [resource]);
    else group.push(resource);
  }
  return groups;
}

function accountOf(name: string, inputs: Record<string, unknown>): AccountRegion {
  // The SDK sends lists of a provider as JSON.
  const ids = typeof inputs.allowedAccountIds === "string" ? inputs.allowedAccountIds.match(/\d{12}/g) : null;
  return {
    name,
    ...(ids?.length === 1 && { id: ids[0] }),
    ...(typeof inputs.region === "string" && { region: inputs.region }),
  };
}

/** `prod (123456789012, eu-central-1)` */
export function accountName({ name, id, region }: AccountRegion): string {
  const facts = [id, region].filter((fact) => fact !== undefined);
  return facts.length > 0 ? `${name} (${facts.join(", ")})` : name;
}
