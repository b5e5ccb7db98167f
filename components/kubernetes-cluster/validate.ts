import { joinTokenId } from "../../ignition/roles/kubernetes/join-token.ts";
import { checkCidr, overlaps, prefixLength } from "../cloud/addresses.ts";

/** Something that is wrong with the arguments of a cluster. */
interface Problem {
  path: string;
  message: string;
}

/**
 * What is wrong with the ranges of a cluster's pods and services.
 * @param others Ranges of networks that its pods reach or that reach them, by whose they are.
 */
export function rangeProblems(
  { podCidr, serviceCidr }: { podCidr: string; serviceCidr: string },
  others: Readonly<Record<string, string>> = {},
): Problem[] {
  const problems = [...formProblems("podCidr", podCidr), ...formProblems("serviceCidr", serviceCidr)];
  if (problems.length > 0) return problems;
  const refuse = (path: string, message: string) => problems.push({ path, message });
  // A node has a /24, and a cluster room for 64 of them.
  if (prefixLength(podCidr) > 18)
    refuse("podCidr", `${podCidr} is too small, each node takes a /24; use a range of /18 or larger`);
  if (prefixLength(serviceCidr) > 24 || prefixLength(serviceCidr) < 12) {
    refuse("serviceCidr", `${serviceCidr} does not do for services; use a range from /12 to /24`);
  }
  for (const [whose, range] of Object.entries(others)) {
    if (overlaps(podCidr, range)) refuse("podCidr", `${podCidr} overlaps ${whose} ${range}; use another range`);
    if (overlaps(serviceCidr, range))
      refuse("serviceCidr", `${serviceCidr} overlaps ${whose} ${range}; use another range`);
  }
  if (overlaps(podCidr, serviceCidr))
    refuse("serviceCidr", `${serviceCidr} overlaps podCidr ${podCidr}; use another range`);
  return problems;
}

function formProblems(path: string, range: string): Problem[] {
  try {
    checkCidr(range);
    return [];
  } catch (error) {
    return [{ path, message: (error as Error).message }];
  }
}

/** What is wrong with the names of the keys that secrets are encrypted with. */
export function keyProblems(keys: readonly string[]): Problem[] {
  if (keys.length === 0) return [{ path: "encryptionKeys", message: "is empty; name at least one key" }];
  return keys.flatMap((key, index) => {
    const refuse = (message: string) => [
      { path: `encryptionKeys[${index}]`, message: `${JSON.stringify(key)} ${message}` },
    ];
    if (!/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/.test(key))
      return refuse("is not allowed; use lower-case letters, digits and inner hyphens");
    return keys.indexOf(key) === index ? [] : refuse("is there already; name each key once");
  });
}

/** What a pool's problems are found in. */
interface Pool {
  name: string;
  labels: Readonly<Record<string, string>>;
  workers: readonly { name: string; hostNumber: number }[];
}

/** What is wrong with the names, labels and host numbers of a cluster's pools. */
export function poolProblems(pools: readonly Pool[]): Problem[] {
  return [...pools.flatMap((pool, index) => ofOnePool(pool, index, pools)), ...tokenProblems(pools)];
}

function ofOnePool({ name, labels, workers }: Pool, index: number, pools: readonly Pool[]): Problem[] {
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: `pools[${index}].${field}`, message });
  if (!/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(name) || /-\d+$/.test(name)) {
    refuse(
      "name",
      `${JSON.stringify(name)} is not allowed; use up to 16 lower-case letters, digits and inner hyphens, and no number at its end`,
    );
  }
  const earlier = pools.slice(0, index);
  if (earlier.some((pool) => pool.name === name))
    refuse("name", `${JSON.stringify(name)} is there already; use each name once`);
  for (const [label, value] of Object.entries(labels)) {
    if (!isOwnLabel(label, value)) refuse("labels", `${label}=${value} is not a label a node may give itself`);
  }
  const [first, last] = [workers[0]?.hostNumber ?? 0, workers.at(-1)?.hostNumber ?? 0];
  const other = earlier.find((pool) =>
    pool.workers.some(({ hostNumber }) => hostNumber >= first && hostNumber <= last),
  );
  if (other && other.name !== name)
    refuse(
      "firstHostNumber",
      `its host numbers, ${first} to ${last}, are those of ${other.name}; give each pool numbers of its own`,
    );
  return problems;
}

/** Whether a kubelet may give its node a label: none of Kubernetes' own. */
function isOwnLabel(label: string, value: string): boolean {
  return (
    /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(label) &&
    /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(value) &&
    !/(^|\.)(kubernetes|k8s)\.io\//.test(label)
  );
}

/** Tokens are told apart by six digits of a hash. */
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
              message: `${name} and ${other} would share the name of their token; call a pool something else`,
            },
          ];
    }),
  );
}
