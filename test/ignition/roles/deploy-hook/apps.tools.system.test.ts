import { beforeEach, describe, expect, test } from "vitest";
import { call } from "../bash.ts";
import { missing } from "../requirements.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const apps = (name: string, parameters: readonly string[], input = "") =>
  call("deploy-hook/apps.sh", name, parameters, input);
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

describe("slots", () => {
  test.each([
    ["", "blue"],
    ["blue", "green"],
    ["green", "blue"],
  ])("after %j comes %s", (slot, next) => {
    expect(apps("other", [slot])).toBe(next);
  });

  const addresses = ["172.30.0.2", "172.30.0.3", "172.30.0.4", "172.30.0.5"];
  test.each([
    ["0", "blue", "172.30.0.2"],
    ["0", "green", "172.30.0.3"],
    ["1", "blue", "172.30.0.4"],
    ["1", "green", "172.30.0.5"],
  ])("seat %s, %s is at %s", (seat, slot, address) => {
    expect(apps("slot_address", [seat, slot, ...addresses])).toBe(address);
  });

  test("a seat that the app has not got has no address", () => {
    expect(() => apps("slot_address", ["2", "blue", ...addresses])).toThrow();
  });
});

test("an address has one MAC address", () => {
  expect(apps("mac_address", ["172.30.0.2"])).toBe("02:42:ac:1e:00:02");
  expect(apps("mac_address", ["172.30.255.253"])).toBe("02:42:ac:1e:ff:fd");
});

describe("free_seat", () => {
  test.each([
    [["2"], "1"],
    [["2", "1"], "2"],
    [["3", "0", "1", "3"], "2"],
    [["3", "0", "2", "3"], "1"],
  ])("previews and taken %j: %s", (parameters, seat) => {
    expect(apps("free_seat", parameters)).toBe(seat);
  });

  test.each([[["0"]], [["2", "1", "0", "2"]]])("%j: none", (parameters) => {
    expect(() => apps("free_seat", parameters)).toThrow();
  });
});

describe("released", () => {
  const release = (image: string, slot = "blue") => ({ image, digest: image, slot, since: "2026-11-21T12:00:00Z" });
  const released = (current: unknown, previous: unknown, next: unknown) =>
    JSON.parse(apps("released", [JSON.stringify({ current, previous }), JSON.stringify(next)]));

  test("the first release has nothing to go back to", () => {
    expect(released(null, null, release("a"))).toEqual({ current: release("a"), previous: null });
  });

  test("what was replaced is what a rollback goes back to", () => {
    expect(released(release("a"), null, release("b", "green"))).toEqual({
      current: release("b", "green"),
      previous: release("a"),
    });
    expect(released(release("b"), release("a"), release("c", "green"))).toEqual({
      current: release("c", "green"),
      previous: release("b"),
    });
  });

  test("a rollback can itself be rolled back", () => {
    expect(released(release("b", "green"), release("a"), release("a"))).toEqual({
      current: release("a"),
      previous: release("b", "green"),
    });
  });

  test("the same image again, in the other slot, forgets nothing", () => {
    expect(released(release("b"), release("a"), release("b", "green"))).toEqual({
      current: release("b", "green"),
      previous: release("a"),
    });
  });
});

describe("settle_steps", () => {
  test("what serves is seen to before anything is taken away", () => {
    expect(apps("settle_steps", ["green"])).toBe("start green\nserve green\nretire blue");
    expect(apps("settle_steps", ["blue"])).toBe("start blue\nserve blue\nretire green");
  });

  test("without a release nothing runs", () => {
    expect(apps("settle_steps", [""])).toBe("retire blue\nretire green");
  });
});

test("sessions: the current ones of that server alone", () => {
  const stat = [
    "# pxname,svname,qcur,qmax,scur,smax,slim",
    "shop.0,blue,0,0,3,7,",
    "shop.0,green,0,0,0,2,",
    "shop.1,blue,0,0,5,5,",
    "shop.0,BACKEND,0,0,3,9,200",
  ].join("\n");
  expect(apps("sessions", ["shop.0", "blue"], stat)).toBe("3");
  expect(apps("sessions", ["shop.0", "green"], stat)).toBe("0");
  expect(apps("sessions", ["shop.2", "blue"], stat)).toBe("");
});

describe("stale_images", () => {
  const images = [
    `1 registry.example/shop <none> ${digest("a")}`,
    `2 registry.example/shop <none> ${digest("b")}`,
    `3 registry.example/shop <none> ${digest("c")}`,
    `4 registry.example/shop-admin <none> ${digest("a")}`,
    `5 localhost/pages abc123 ${digest("d")}`,
    `6 localhost/pages def456 ${digest("e")}`,
    "",
  ].join("\n");
  const kept = [
    `registry.example/shop@${digest("b")}`,
    `registry.example/shop@${digest("c")}`,
    "localhost/pages:abc123",
  ].join("\n");

  test("those of the repository that no release refers to", () => {
    expect(apps("stale_images", ["registry.example/shop", kept], images)).toBe("1");
    expect(apps("stale_images", ["localhost/pages", kept], images)).toBe("6");
  });

  test("none where all are referred to, and none of an empty repository", () => {
    expect(
      apps("stale_images", ["registry.example/shop", `${kept}\nregistry.example/shop@${digest("a")}`], images),
    ).toBe("");
    expect(apps("stale_images", ["", kept], images)).toBe("");
  });
});
