import { AddressPlan } from "../../components/cloud/aws/address-plan.ts";
import { instanceTypeProblems } from "../../components/cloud/aws/instance-types.ts";
import { loginProblems } from "../../components/cloud/aws/login.ts";
import { isTooWide, overlaps } from "../../components/cloud/addresses.ts";
import { type Problem, formatValue } from "./error.ts";
import { isPinned } from "./image.ts";
import { networkProblems } from "./network.ts";
import type { AnySettings, Settings } from "./settings.ts";

/** Settings that are unsafe in prod, or contradict each other there. */
export function prodProblems(given: AnySettings): Problem[] {
  return [
    ...unpinnedImages(given),
    ...lossProblems(given),
    ...ciProblems(given),
    ...logins(given),
    ...connectProblems(given),
    ...architectureProblems(given),
    ...outsideProblems(given),
  ];
}

/** Settings with which one mistake, or the loss of a machine, zone or account, is an outage or a loss of data. */
function lossProblems({ network, protect, loadBalancer, aws }: AnySettings): Problem[] {
  const problems: Problem[] = [];
  if (network !== undefined) problems.push(...zonedNetworkProblems("network", network, aws?.region, "prod's"));
  if (protect === false) {
    problems.push({
      path: "protect",
      message: "false is refused in prod, whose data must survive a mistake; use true, or leave it out",
    });
  }
  if (loadBalancer?.size === 1) {
    problems.push({
      path: "loadBalancer.size",
      message: "1 is refused in prod, where no single machine may be needed; use 2",
    });
  }
  if (aws?.ciAccountId !== undefined && aws.ciAccountId === aws.accountId) {
    problems.push({
      path: "aws.ciAccountId",
      message: `${formatValue(aws.ciAccountId)} is prod's own account; use the one that builds, or leave it out`,
    });
  }
  return problems;
}

/** Logins that do not fit their account, or that are one login for two accounts. */
function logins({ aws }: AnySettings): Problem[] {
  if (aws === undefined) return [];
  const { accountId, ciAccountId, region, login = {}, ciLogin = {} } = aws;
  const problems = [
    ...below("aws.login", loginProblems(login, { id: accountId, region })),
    ...(ciAccountId === undefined ? [] : below("aws.ciLogin", loginProblems(ciLogin, { id: ciAccountId, region }))),
  ];
  if (aws.ciLogin !== undefined && ciAccountId === undefined)
    problems.push({ path: "aws.ciLogin", message: "has no account; set aws.ciAccountId, or remove this setting" });
  const sameProfile = ciLogin.profile !== undefined && ciLogin.profile === login.profile;
  if (sameProfile && login.assumeRole === undefined && ciLogin.assumeRole === undefined) {
    const given = formatValue(ciLogin.profile);
    const message = `${given} is also the profile of aws.login, and its credentials are of one account`;
    problems.push({ path: "aws.ciLogin.profile", message: `${message}; use another profile, or add assumeRole` });
  }
  return problems;
}

/** A way to machines that no key can log in to. */
function connectProblems({ aws, sshAuthorizedKeys }: AnySettings): Problem[] {
  if (aws?.connectEndpoint !== true || sshAuthorizedKeys === undefined || sshAuthorizedKeys.length > 0) return [];
  const message = "true is of no use without a key; add one to sshAuthorizedKeys, or remove this setting";
  return [{ path: "aws.connectEndpoint", message }];
}

/** Machines, images and binaries of different architectures. */
function architectureProblems({ aws, kubernetes }: AnySettings): Problem[] {
  const { architecture = "x86_64", instanceTypes = {} } = aws ?? {};
  const problems = below("aws", instanceTypeProblems(architecture, instanceTypes));
  const binaries = architecture === "aarch64" ? "arm64" : "amd64";
  if (kubernetes?.architecture !== undefined && kubernetes.architecture !== binaries) {
    const given = formatValue(kubernetes.architecture);
    const message = `${given} does not fit aws.architecture ${architecture}; use ${binaries}, or remove this setting`;
    problems.push({ path: "kubernetes.architecture", message });
  }
  return problems;
}

function below(path: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` }));
}

/** Services that the platform uses outside of its cluster. Without a rule, only HTTPS can leave the network. */
function outsideProblems({ paas }: AnySettings): Problem[] {
  const outside = (["database", "valkeyUrl"] as const).filter((key) => paas?.[key] !== undefined);
  if (paas?.allowTo === undefined) {
    if (outside.length === 0) return [];
    return [
      {
        path: "paas.allowTo",
        message: `is missing; list the range and port of each service outside of the cluster (${outside.join(", ")})`,
      },
    ];
  }
  const places = paas.allowTo.map(({ range, port }) => `${range} ${port}`);
  return paas.allowTo.flatMap(({ range }, index) => {
    const path = `paas.allowTo[${index}]`;
    if (isTooWide(range))
      return [
        {
          path: `${path}.range`,
          message: `${formatValue(range)} is far too wide; use the range that the database is in`,
        },
      ];
    return places.indexOf(places[index]!) < index ? [{ path, message: "is listed twice; use it once" }] : [];
  });
}

/** Images by tag: a tag can change to another image. */
function unpinnedImages({ etcd, galera, loadBalancer, jenkins }: AnySettings): Problem[] {
  const tools = Object.entries(jenkins?.agentTools ?? {}).map(
    ([name, { image }]) => [`jenkins.agentTools.${name}.image`, image] as const,
  );
  const images: (readonly [string, string | undefined])[] = [
    ["etcd.image", etcd?.image],
    ["galera.image", galera?.image],
    ["loadBalancer.image", loadBalancer?.image],
    ...(["image", "proxyImage", "backupImage"] as const).map((key) => [`jenkins.${key}`, jenkins?.[key]] as const),
    ...tools,
  ];
  return images.flatMap(([path, image]) =>
    image === undefined || isPinned(image)
      ? []
      : [
          {
            path,
            message:
              `${formatValue(image)} is refused in prod, where a tag must not become another image; ` +
              "use registry/repository@sha256:digest",
          },
        ],
  );
}

/** Problems of Jenkins in a separate account and network. */
function ciProblems({ network, aws, jenkins }: AnySettings): Problem[] {
  if (jenkins === undefined) return [];
  const own = jenkins.network;
  const problems = zonedNetworkProblems("jenkins.network", own, aws?.region, "Jenkins'");
  if (network !== undefined && overlaps(network.cidr, own.cidr)) {
    problems.push({
      path: "jenkins.network.cidr",
      message:
        `${formatValue(own.cidr)} overlaps network.cidr ${network.cidr}, to which it is connected; ` +
        "use another range",
    });
  }
  if (aws !== undefined && aws.ciAccountId === undefined) {
    problems.push({
      path: "aws.ciAccountId",
      message: "is missing, and Jenkins runs there; use the 12 digits of an AWS account id, in quotes",
    });
  }
  return problems;
}

/** The longest prefix that can be divided between three zones. */
const smallestZonedNetwork = 23;

function zonedNetworkProblems(
  at: string,
  network: Settings<"prod">["network"],
  region: string | undefined,
  whose: string,
): Problem[] {
  const problems = networkProblems(network, smallestZonedNetwork, {}, at);
  const { zones } = network;
  if (zones.length === 1) {
    const given = formatValue(zones);
    const message = `${given} is one availability zone, and its loss would be ${whose}; use three of one region`;
    return [...problems, { path: `${at}.zones`, message }];
  }
  if (problems.length > 0) return problems;
  try {
    const plan = new AddressPlan(network.cidr, zones);
    if (region !== undefined && plan.region !== region) {
      problems.push({
        path: `${at}.zones`,
        message: `${formatValue(zones)} are not in aws.region ${formatValue(region)}; use zones of one region`,
      });
    }
  } catch (error) {
    // The messages of the plan start with the name of the setting.
    const [field, ...rest] = (error as RangeError).message.split(": ");
    problems.push({ path: `${at}.${field}`, message: rest.join(": ") });
  }
  return problems;
}
