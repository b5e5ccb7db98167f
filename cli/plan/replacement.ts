import { isDeepStrictEqual } from "node:util";
import { ec2Architecture } from "../../ignition/architecture.ts";
import replacing from "./replacing-inputs.json" with { type: "json" };
import type { SavedResource } from "./saved.ts";

/** Inputs that force the replacement of a resource: all except those in `inPlace`, or only those in `replacing`. */
type Rule = { inPlace: readonly string[] } | { replacing: readonly string[] };

/** From the schemas of the providers of AWS and OpenStack. `rootBlockDevice.encrypted` is one field of an input. */
const fromSchemas: Readonly<Record<string, readonly string[] | undefined>> = replacing;

const always: Rule = { inPlace: [] };

/**
 * Rules of the providers without a table. Kubernetes objects have none: fields deep inside force their replacement, and
 * the plan shows a change in place.
 */
const rules: Readonly<Record<string, Rule>> = {
  "command:local:Command": { replacing: ["triggers"] },
  "command:remote:Command": { replacing: ["connection", "triggers"] },
  "docker:index/container:Container": {
    inPlace: [
      "cpuShares",
      "cpus",
      "cpuSet",
      "destroyGraceSeconds",
      "maxRetryCount",
      "memory",
      "memorySwap",
      "mustRun",
      "removeVolumes",
      "restart",
      "start",
      "wait",
      "waitTimeout",
    ],
  },
  "docker:index/network:Network": always,
  "docker:index/remoteImage:RemoteImage": { inPlace: ["forceRemove", "keepLocally"] },
  "docker:index/volume:Volume": always,
  "github:index/repositoryRuleset:RepositoryRuleset": { replacing: ["repository"] },
  "github:index/repositoryWebhook:RepositoryWebhook": { replacing: ["repository"] },
  "random:index/randomBytes:RandomBytes": always,
  "random:index/randomId:RandomId": always,
  "random:index/randomPassword:RandomPassword": always,
  "tls:index/certRequest:CertRequest": always,
  "tls:index/locallySignedCert:LocallySignedCert": { inPlace: ["earlyRenewalHours"] },
  "tls:index/privateKey:PrivateKey": always,
  "tls:index/selfSignedCert:SelfSignedCert": { inPlace: ["earlyRenewalHours"] },
};

/**
 * Inputs for which a provider of the table decides in code, so that its schema does not have them. In part they replace
 * only with certain values; the plan then shows too much.
 */
export const decidedInCode: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/networkInterface:NetworkInterface": ["privateIpLists", "privateIps"],
  "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": [
    "preserveClientIp",
    "securityGroupIds",
    "subnetId",
  ],
  "aws:lambda/invocation:Invocation": ["input"],
  "aws:lb/loadBalancer:LoadBalancer": ["subnetMappings"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["bucket", "expectedBucketOwner"],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ["expectedBucketOwner"],
  "aws:s3/bucketVersioning:BucketVersioning": ["expectedBucketOwner"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
};

/**
 * Inputs with which the provider stops and starts the same machine. The gate of the machine must have them among its
 * triggers. Docker changes limits without a restart.
 */
export const restarting: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/instance:Instance": ["cpuOptions", "instanceType", "userData", "userDataBase64"],
  "docker:index/container:Container": [],
  "openstack:compute/instance:Instance": ["flavorId", "flavorName", "imageId", "imageName", "powerState"],
};

/** True if a change of the inputs in place restarts the resource. */
export function restarts(type: string, changed: readonly string[]): boolean {
  return changed.some((input) => restarting[type]?.includes(input));
}

/** Whether the plan knows which inputs replace a resource of this type. */
export function isKnown(type: string): boolean {
  return type in rules || type in fromSchemas;
}

/**
 * The changed inputs that make the provider replace the resource.
 * @param was Inputs before the change. Without them, every field of a changed input counts as changed.
 */
export function replacingInputs(
  resource: SavedResource,
  changed: readonly string[],
  was?: Readonly<Record<string, unknown>>,
): string[] {
  return changed.filter((input) => replaces(resource, input, was));
}

function replaces(resource: SavedResource, input: string, was?: Readonly<Record<string, unknown>>): boolean {
  // replaceOnChanges holds paths: `userData`, `tags.Role`, `*`.
  if (resource.replaceOnChanges.some((path) => path === "*" || path.split(/[.[]/)[0] === input)) return true;
  if (input === "userData" || input === "userDataBase64") {
    if (resource.type === "aws:ec2/instance:Instance") return resource.inputs.userDataReplaceOnChange === true;
  }
  const { type } = resource;
  // An instance keeps its image, so it cannot be stopped and started with another architecture.
  if (type === "aws:ec2/instance:Instance" && input === "instanceType" && was !== undefined)
    return ec2Architecture(String(was.instanceType)) !== ec2Architecture(String(resource.inputs.instanceType));
  const rule = rules[type];
  if (rule !== undefined) return "inPlace" in rule ? !rule.inPlace.includes(input) : rule.replacing.includes(input);
  // AWS has every resource in one region.
  if (input === "region" && type.startsWith("aws:")) return true;
  const paths = [...(fromSchemas[type] ?? []), ...(decidedInCode[type] ?? [])];
  return paths.some((path) => {
    const [name, ...fields] = path.split(".");
    if (name !== input) return false;
    if (fields.length === 0 || was === undefined) return true;
    return !isDeepStrictEqual(valuesAt(was[input], fields), valuesAt(resource.inputs[input], fields));
  });
}

/** The values of a field, in an object or in every object of a list. */
function valuesAt(value: unknown, [field, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, [field!, ...rest]));
  if (typeof value !== "object" || value === null) return [];
  const found = (value as Record<string, unknown>)[field!];
  if (rest.length > 0) return valuesAt(found, rest);
  return found === undefined ? [] : [found];
}
