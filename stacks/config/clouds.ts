import { portBounds } from "../../components/internal/bounds.ts";
import { byName, decimal, digits, group, list, oneOf, text, whole } from "./schema.ts";

const accountId = digits(/^\d{12}$/, "the 12 digits of an AWS account id, in quotes");

const instanceType = text(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, "an instance type, such as t3.small").optional();

/** `aws`, in prod. */
export const awsSettings = group({
  accountId,
  ciAccountId: accountId.optional(),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, such as eu-central-1"),
  image: text(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, "the id of a Fedora CoreOS image, such as ami-0123456789abcdef0"),
  instanceTypes: group({ small: instanceType, medium: instanceType, large: instanceType }).optional(),
});

const word = (what: string) => text(/^\S+$/, what);
const uuid = (what: string) => text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, `the id of ${what}, a UUID`);
const flavor = word("the name of a flavor").optional();
const ipv4 = text(/^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.|$)){4}$/, "an IPv4 address");

/** `openstack`, in staging. Where the APIs are is said by `OS_CLOUD`, or by the provider's own config. */
export const openstackSettings = group({
  imageId: uuid("a Fedora CoreOS image").optional(),
  imageName: word("the name of a Fedora CoreOS image").optional(),
  flavors: group({ small: flavor, medium: flavor, large: flavor }),
  externalNetworkId: uuid("the network that leads outside").optional(),
  dnsServers: list(ipv4).optional(),
  antiAffinity: oneOf("required", "preferred").optional(),
  volumeType: word("a volume type of Cinder").optional(),
  region: word("the name of a region").optional(),
});

const limits = group({
  memoryMiB: whole({ min: 128, max: 1048576, unit: "MiB" }),
  cpus: decimal({ min: 0.1, max: 256 }).optional(),
}).optional();

const image = text(/^[a-z0-9][\w./:@-]*$/, "the name of a container image").optional();

/** `docker`, in dev. */
export const dockerSettings = group({
  image,
  loadBalancerImage: image,
  limits: group({ small: limits, medium: limits, large: limits }).optional(),
  publishAddress: ipv4.optional(),
  publishedPorts: byName(whole(portBounds)).optional(),
  imageStore: text(/^\/.*$/, "an absolute path on the Docker host").optional(),
  dropCapabilities: list(text(/^CAP_[A-Z_]+$/, "a capability, such as CAP_SYS_RESOURCE")).optional(),
});
