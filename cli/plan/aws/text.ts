import { count, span, thousands } from "../names.ts";
import { table, wrap } from "../table.ts";
import { accountName } from "./account.ts";
import type { Cost, Post } from "./cost.ts";
import type { Quotas } from "./quotas.ts";

/** How many posts the text shows. The JSON has all. */
const mostPosts = 5;

const indent = "    ";

/** `2,187 USD a month`; with `at least` if a price is missing. */
export function monthly({ monthlyUsd, withoutPrice }: Pick<Cost, "monthlyUsd" | "withoutPrice">): string {
  return `${withoutPrice.length > 0 ? "at least " : ""}${usd(monthlyUsd)} USD a month`;
}

/** `prices of eu-central-1, 2026-12-01` */
export function pricesOf({ region, date }: Cost): string {
  return `list prices of ${region}, ${date}`;
}

/** The cost of each account, the most expensive posts, and what is missing in the sum. */
export function costLines(cost: Cost, columns: number): string[] {
  const { accounts, posts, withoutPrice, notIncluded } = cost;
  const shown = posts.slice(0, mostPosts);
  const rest = posts.slice(mostPosts).reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
  const elsewhere = [
    ...new Set(accounts.flatMap(({ region }) => (region === undefined || region === cost.region ? [] : [region]))),
  ];
  const rows = [
    ...accounts.map((account) => [`account ${accountName(account)}`, usd(account.monthlyUsd)]),
    ...shown.map((post) => [postName(post), usd(post.monthlyUsd)]),
    ...(posts.length > mostPosts ? [[count(posts.length - mostPosts, "other post"), usd(rest)]] : []),
  ];
  const missing = withoutPrice.map(({ what, names }) => `${what} (${span(names)})`).join("; ");
  return [
    ...table(rows, { indent, right: [1] }),
    ...(missing === "" ? [] : wrap(`without a price in the table: ${missing}`, columns, indent)),
    ...(elsewhere.length === 0
      ? []
      : wrap(`the resources are in ${elsewhere.join(", ")}, where prices differ`, columns, indent)),
    ...wrap(`not included: ${notIncluded.join(", ")}`, columns, indent),
  ];
}

/** What each account needs of its quotas, and the commands that ask for more. */
export function quotaLines({ accounts, unknownTypes }: Quotas, columns: number): string[] {
  const rows = accounts.flatMap((account) =>
    account.uses.map(({ name, needed, quota, command }, i) => [
      i === 0 ? accountName(account) : "",
      name,
      `${needed}`,
      `of ${quota}`,
      command === undefined ? "" : "raise it",
    ]),
  );
  const commands = accounts.flatMap((account) => {
    const tooSmall = account.uses.flatMap(({ command }) => command ?? []);
    if (tooSmall.length === 0) return [];
    return [`with credentials of ${accountName(account)}:`, ...tooSmall.map((command) => `  ${command}`)];
  });
  const unknown = `the vCPUs of ${unknownTypes.join(", ")} are not known and not counted`;
  return [
    ...table(rows, { indent, right: [2] }),
    ...(unknownTypes.length === 0 ? [] : wrap(unknown, columns, indent)),
    ...commands.map((line) => `${indent}${line}`),
  ];
}

function postName({ what, quantity, unit }: Post): string {
  return unit === undefined ? `${thousands(quantity)} × ${what}` : `${what}, ${thousands(quantity)} ${unit}`;
}

function usd(amount: number): string {
  return thousands(Math.round(amount));
}
