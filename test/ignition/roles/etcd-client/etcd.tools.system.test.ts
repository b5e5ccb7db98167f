import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missing } from "../requirements.ts";
import { Etcd } from "./cluster.ts";

const reason = missing({ programs: ["etcd", "curl", "jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

// Runs the shell library of the database nodes and load balancers against a real etcd.
describe("etcd.sh", { timeout: 90_000 }, () => {
  const etcd = new Etcd();
  beforeAll(async () => {
    if (reason === undefined) await etcd.start();
  }, 60_000);
  afterAll(() => etcd.stop());

  /** Lists the keys below a prefix. */
  const list = (prefix: string) => etcd.bash(`etcd_list "${prefix}"; printf '%s\\n' "$etcd_lines"`);

  test("lists no keys below an empty prefix and returns the revision", async () => {
    const ran = await etcd.bash('etcd_list /nothing/; echo "[$etcd_lines] $etcd_revision"');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^\[\] [1-9]\d*$/);
  });

  test("lists only keys below the prefix, with unchanged values", async () => {
    const value = `two words "quotes" \\ $HOME \`id\` ü ${"x".repeat(2000)}`;
    const put = await etcd.bash(
      `etcd_put /list/b '${value}'; etcd_put /list/a/c ''; etcd_put /list0 no; etcd_put /lis no`,
    );
    expect(put).toEqual({ code: 0, stdout: "" });
    expect(await list("/list/")).toEqual({ code: 0, stdout: `a/c \nb ${value}` });
  });

  test("overwrites and deletes a key, and accepts the deletion of a missing key", async () => {
    await etcd.bash("etcd_put /change/a one; etcd_put /change/a two; etcd_put /change/ab three");
    expect((await list("/change/")).stdout).toBe("a two\nab three");
    expect(await etcd.bash("etcd_delete /change/a; etcd_delete /change/nothing")).toEqual({ code: 0, stdout: "" });
    expect((await list("/change/")).stdout).toBe("ab three");
  });

  test("lets exactly one of many concurrent clients put a key once and fails for the others", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `galera-${index}`);
    // Exit code 2 means that a condition does not hold; 1 would mean that etcd does not answer.
    const ran = await Promise.all(
      names.map((name) => etcd.bash(`etcd_if 'absent /once/bootstrap' 'put /once/bootstrap 0 ${name}'`)),
    );
    const winners = names.filter((_, index) => ran[index]!.code === 0);
    expect(winners).toHaveLength(1);
    expect(ran.map(({ code }) => code).sort()).toEqual([0, 2, 2, 2, 2, 2, 2, 2]);
    expect((await list("/once/")).stdout).toBe(`bootstrap ${winners[0]}`);
  });

  test("runs all operations of a transaction or none", async () => {
    const setUp = await etcd.bash(
      "etcd_put /txn/uuid 'a b c'; etcd_put /txn/members/galera-0 1; etcd_put /txn/members/galera-1 2",
    );
    expect(setUp.code).toBe(0);
    const refused = await etcd.bash(
      "etcd_if $'equal /txn/uuid a b c\\nabsent /txn/members/galera-0' " +
        "$'put /txn/new 0 x\\ndelete /txn/members/galera-1'",
    );
    expect(refused.code).toBe(2);
    expect((await list("/txn/")).stdout).toBe("members/galera-0 1\nmembers/galera-1 2\nuuid a b c");
    const done = await etcd.bash(
      "etcd_if $'equal /txn/uuid a b c\\npresent /txn/members/galera-0' " +
        "$'put /txn/new 0 x  y\\ndelete /txn/members/galera-1'",
    );
    expect(done.code).toBe(0);
    expect((await list("/txn/")).stdout).toBe("members/galera-0 1\nnew x  y\nuuid a b c");
  });

  test("keeps a leased key while the lease is renewed, and cannot renew an expired lease", async () => {
    const grant = await etcd.bash(
      [
        'etcd_lease 6; echo "$etcd_lease_id"; etcd_put /lease/kept x "$etcd_lease_id"',
        "etcd_if 'absent /lease/txn' \"put /lease/txn $etcd_lease_id y\"; etcd_put /lease/forever z",
      ].join("; "),
    );
    expect(grant.code).toBe(0);
    const lease = grant.stdout;
    expect(lease).toMatch(/^\d+$/);
    for (let second = 0; second < 8; second++) {
      expect((await etcd.bash(`etcd_keep ${lease}`)).code).toBe(0);
      await seconds(1);
    }
    expect((await list("/lease/")).stdout).toBe("forever z\nkept x\ntxn y");
    const deadline = Date.now() + 20_000;
    while ((await list("/lease/")).stdout !== "forever z" && Date.now() < deadline) await seconds(0.5);
    expect((await list("/lease/")).stdout).toBe("forever z");
    expect((await etcd.bash(`etcd_keep ${lease}`)).code).toBe(2);
    expect((await etcd.bash(`etcd_put /lease/late x ${lease}`)).code).toBe(1);
    expect((await list("/lease/")).stdout).toBe("forever z");
  });

  test("tries the next member if one does not answer, and then starts with the one that answered", async () => {
    const dead = "https://127.0.0.1:9";
    const [first, second] = etcd.endpoints as [string, string];
    const ran = await etcd.bash(
      'etcd_put /next/a x; echo "$etcd_last"; etcd_list /next/; echo "$etcd_last $etcd_lines"',
      { endpoints: [dead, second, first] },
    );
    expect(ran).toEqual({ code: 0, stdout: `${second}\n${second} a x` });
    expect((await etcd.bash("etcd_put /next/a y", { endpoints: [dead, dead] })).code).toBe(1);
  });

  test.each([
    ["a certificate of another authority", { "certificate.pem": "stranger", "key.pem": "stranger" }],
    ["another authority to trust", { "ca.pem": "stranger" }],
  ] as const)("cannot connect with %s", async (identityName, changed) => {
    const identity = join(etcd.dir, identityName.replaceAll(" ", "-"));
    cpSync(etcd.identity("client"), identity, { recursive: true });
    for (const [file, from] of Object.entries(changed)) cpSync(join(etcd.identity(from), file), join(identity, file));
    expect((await etcd.bash("etcd_put /tls/a x", { identity })).code).toBe(1);
    expect((await etcd.bash("etcd_list /tls/", { identity })).code).toBe(1);
    expect((await list("/tls/")).stdout).toBe("");
  });

  test("gets no answer without a certificate", async () => {
    const ask = (...options: string[]) =>
      etcd.bash(
        [
          'curl --silent --fail --cacert "$etcd_identity/ca.pem"',
          ...options,
          `--data '{"key": "AA=="}' ${etcd.endpoints[0]}/v3/kv/range`,
        ].join(" "),
      );
    expect(await ask()).toEqual({
      code: expect.toSatisfy((code) => [35, 55, 56].includes(code), "a rejected handshake"),
      stdout: "",
    });
    expect((await ask("--cert", '"$etcd_identity/certificate.pem"', "--key", '"$etcd_identity/key.pem"')).code).toBe(0);
  });

  // Keep these two tests last and in this order: they kill members.
  test("works after the loss of one member", async () => {
    await etcd.bash("etcd_put /loss/before x");
    await etcd.kill(0);
    const deadline = Date.now() + 20_000;
    // If the member was the leader, the election takes some time.
    while ((await etcd.bash("etcd_put /loss/after y")).code !== 0 && Date.now() < deadline) await seconds(0.3);
    expect((await list("/loss/")).stdout).toBe("after y\nbefore x");
  });

  test("fails to read and write without a quorum, in limited time", async () => {
    await etcd.kill(1);
    const start = Date.now();
    for (const command of [
      "etcd_list /loss/",
      "etcd_put /loss/late z",
      "etcd_if 'absent /loss/late' 'put /loss/late 0 z'",
      "etcd_lease 4",
    ]) {
      expect([command, (await etcd.bash(command)).code]).toEqual([command, 1]);
    }
    expect(Date.now() - start).toBeLessThan(4 * 10_000);
  });
});
