/** The last word of a type token: `Instance` for `aws:ec2/instance:Instance`. */
export function shortType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** The package of a type token: `aws` for `aws:ec2/instance:Instance`. */
export function packageOf(type: string): string {
  return type.startsWith("pulumi:providers:") ? shortType(type) : type.slice(0, type.indexOf(":"));
}

/** Type of the resource that a URN names, without the types of its ancestors. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** Name of the resource that a URN names. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/**
 * Names in as few words as say the same: `galera-0 … galera-2` for three in a row, otherwise the first ones and
 * how many more there are.
 * @param most how many names to list. Default: 3.
 */
export function span(names: readonly string[], most = 3): string {
  const sorted = names.toSorted(byNumber);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || sorted.length <= 2) return sorted.join(", ");
  const ordinals = sorted.map((name) => /^(.*?)(\d+)(\D*)$/.exec(name));
  const [, prefix, start, suffix] = ordinals[0] ?? [];
  const inARow = ordinals.every(
    (match, i) => match?.[1] === prefix && match?.[3] === suffix && Number(match?.[2]) === Number(start) + i,
  );
  if (inARow) return `${first} … ${last}`;
  return sorted.length <= most
    ? sorted.join(", ")
    : `${sorted.slice(0, most - 1).join(", ")} and ${sorted.length - most + 1} more`;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Orders `node-10` after `node-9`. */
export function byNumber(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** `1 machine`, `2 machines`, `12,000 resources`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${thousands(n)} ${n === 1 ? singular : plural}`;
}

/** A whole number with its thousands apart: `16,384`. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
