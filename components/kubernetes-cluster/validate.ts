import { joinTokenId } from "../../ignition/roles/kubernetes/join-token.ts";
import { checkCidr, overlaps, prefixLength } from "../cloud/addresses.ts";

/** Problem of an argument. */
interface Problem {
  path: string;
  message: string;
}

/**
 * Returns the problems of the pod range and the service range.
 * @param others Ranges of connected networks, by their description.
 */
export function rangeProblems(
  { podCidr, serviceCidr }: { podCidr: string; serviceCidr: string },
  others: Readonly<Record<string, string>> = {},
): Problem[] {
  const problems = [...cidrProblems("podCidr", podCidr), ...cidrProblems("serviceCidr", serviceCidr)];
  if (problems.length > 0) return problems;
  const refuse = (path: string, message: string) => problems.push({ path, message });
  // Each node uses a /24. A cluster must have space for 64 nodes.
  if (prefixLength(podCidr) > 18)
    refuse("podCidr", `${podCidr} is too small, each node uses a /24; use a range of /18 or larger`);
  if (prefixLength(serviceCidr) > 24 || prefixLength(serviceCidr) < 12) {
    const problem = prefixLength(serviceCidr) > 24 ? "small" : "large";
    refuse("serviceCidr", `${serviceCidr} is too ${problem}; use a range from /12 to /24`);
  }
  for (const [network, range] of Object.entries(others)) {
    if (overlaps(podCidr, range)) refuse("podCidr", `${podCidr} overlaps ${network} ${range}; use another range`);
    if (overlaps(serviceCidr, range))
      refuse("serviceCidr", `${serviceCidr} overlaps ${network} ${range}; use another range`);
  }
  if (overlaps(podCidr, serviceCidr))
    refuse("serviceCidr", `${serviceCidr} overlaps podCidr ${podCidr}; use another range`);
  return problems;
}

function cidrProblems(path: string, range: string): Problem[] {
  try {
    checkCidr(range);
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message }];
  }
}

/** Returns the problems of the names of encryption keys. */
export function keyProblems(keys: readonly string[]): Problem[] {
  if (keys.length === 0) return [{ path: "encryptionKeys", message: "is empty; give at least one name" }];
  return keys.flatMap((key, index) => {
    const refuse = (message: string) => [
      { path: `encryptionKeys[${index}]`, message: `${JSON.stringify(key)} ${message}` },
    ];
    if (!/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/.test(key))
      return refuse("is not allowed; use lower-case letters, digits and inner hyphens");
    return keys.indexOf(key) === index ? [] : refuse("is used twice; use each name once");
  });
}

/** Part of a pool that is checked. */
interface Pool {
  name: string;
  labels: Readonly<Record<string, string>>;
  workers: readonly { name: string; hostNumber: number }[];
}

/** Returns the problems of the names, labels and host numbers of pools. */
export function poolProblems(pools: readonly Pool[]): Problem[] {
  return [...pools.flatMap((pool, index) => singlePoolProblems(pool, index, pools)), ...tokenProblems(pools)];
}

function singlePoolProblems({ name, labels, workers }: Pool, index: number, pools: readonly Pool[]): Problem[] {
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: `pools[${index}].${field}`, message });
  if (!/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(name) || /-\d+$/.test(name)) {
    refuse(
      "name",
      `${JSON.stringify(name)} is not allowed; ` +
        "use up to 16 lower-case letters, digits and inner hyphens, without a number at the end",
    );
  }
  const earlier = pools.slice(0, index);
  if (earlier.some((pool) => pool.name === name))
    refuse("name", `${JSON.stringify(name)} is used twice; use each name once`);
  for (const [label, value] of Object.entries(labels)) {
    if (!isAllowedLabel(label, value))
      refuse(
        "labels",
        `${label}=${value} is not allowed for a node; use another label, outside of kubernetes.io and k8s.io`,
      );
  }
  const [first, last] = [workers[0]?.hostNumber ?? 0, workers.at(-1)?.hostNumber ?? 0];
  const other = earlier.find((pool) =>
    pool.workers.some(({ hostNumber }) => hostNumber >= first && hostNumber <= last),
  );
  if (other && other.name !== name)
    refuse(
      "firstHostNumber",
      `host numbers ${first} to ${last} are used by pool ${other.name}; set another firstHostNumber`,
    );
  return problems;
}

/** Whether a kubelet may set a label on its node: the labels of Kubernetes are not allowed. */
function isAllowedLabel(label: string, value: string): boolean {
  return (
    /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(label) &&
    /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(value) &&
    !/(^|\.)(kubernetes|k8s)\.io\//.test(label)
  );
}

/** The id of a token is six digits of a hash, so two names can have the same id. */
function tokenProblems(pools: readonly Pool[]): Problem[] {
  const holders = new Map<string, string>();
  return pools.flatMap(({ workers }) =>
    workers.flatMap(({ name }) => {
      const id = joinTokenId(name);
      const other = holders.get(id) ?? name;
      holders.set(id, name);
      return other === name
        ? []
        : [
            {
              path: "pools",
              message: `${name} and ${other} would have the same token id; use another pool name`,
            },
          ];
    }),
  );
}
