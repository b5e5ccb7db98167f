import { beforeEach, describe, expect, test } from "vitest";
import { call } from "../bash.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const me = "https://10.0.0.10:2380";
const entry = (id: string, host: number, more: object) => ({
  ID: id,
  peerURLs: [`https://10.0.0.${host}:2380`],
  ...more,
});
const started = (name: string, host: number) => ({ name, clientURLs: [`https://10.0.0.${host}:2379`] });
const others = [entry("2", 11, started("etcd-1", 11)), entry("3", 12, started("etcd-2", 12))];

function membership(
  answer: { members: object[]; leader: boolean } | undefined,
  attempt = 0,
  ...patience: string[]
): string {
  const parameters = [me, answer ? "yes" : "no", answer?.leader ? "yes" : "", String(attempt), ...patience];
  return call(
    "etcd/membership.sh",
    "membership",
    parameters,
    answer ? JSON.stringify({ members: answer.members }) : "",
  );
}

describe("a member without data", () => {
  test("waits for other members for five attempts, then starts a new cluster", () => {
    expect(membership(undefined, 0)).toBe("wait no other member answers");
    expect(membership(undefined, 4)).toBe("wait no other member answers");
    expect(membership(undefined, 5)).toBe("new");
  });

  test("waits for the given number of attempts, or without limit", () => {
    expect([14, 15].map((attempt) => membership(undefined, attempt, "15"))).toEqual([
      "wait no other member answers",
      "new",
    ]);
    expect(membership(undefined, 1000, "")).toBe("wait no other member answers");
  });

  test.each([
    [
      "starts as new if the cluster is new and has no quorum yet",
      [entry("1", 10, { name: "etcd-0" }), ...others],
      false,
      "new",
    ],
    [
      "starts as new if the other two members have formed the cluster",
      [entry("1", 10, { name: "etcd-0" }), ...others],
      true,
      "new",
    ],
    [
      "removes its old member if it has lost its data",
      [entry("1", 10, started("etcd-0", 10)), ...others],
      true,
      "remove 1",
    ],
    [
      "waits if it has lost its data and there is no quorum",
      [entry("1", 10, started("etcd-0", 10)), ...others],
      false,
      "wait the cluster has no leader to let this machine in",
    ],
    ["adds itself if it was removed", others, true, "add"],
    [
      "waits if it was removed and there is no quorum",
      others,
      false,
      "wait the cluster has no leader to let this machine in",
    ],
    ["joins if it was added and has not started", [entry("9", 10, {}), ...others], true, "existing"],
    [
      "joins if it was added and the cluster has no quorum without it",
      [entry("9", 10, {}), others[0]!],
      false,
      "existing",
    ],
    [
      "handles identifiers of 64 bits",
      [entry("10188416398441418009", 10, started("etcd-0", 10)), ...others],
      true,
      "remove 10188416398441418009",
    ],
  ])("%s", (_, members, leader, verdict) => {
    expect(membership({ members, leader })).toBe(verdict);
  });
});
