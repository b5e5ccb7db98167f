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
  ])("other %j is %s", (slot, next) => {
    expect(apps("other", [slot])).toBe(next);
  });

  const addresses = ["172.30.0.2", "172.30.0.3", "172.30.0.4", "172.30.0.5"];
  test.each([
    ["0", "blue", "172.30.0.2"],
    ["0", "green", "172.30.0.3"],
    ["1", "blue", "172.30.0.4"],
    ["1", "green", "172.30.0.5"],
  ])("preview index %s, slot %s has the address %s", (index, slot, address) => {
    expect(apps("slot_address", [index, slot, ...addresses])).toBe(address);
  });

  test("fails for a preview index that the app does not have", () => {
    expect(() => apps("slot_address", ["2", "blue", ...addresses])).toThrow();
  });
});

test("each address has a fixed MAC address", () => {
  expect(apps("mac_address", ["172.30.0.2"])).toBe("02:42:ac:1e:00:02");
  expect(apps("mac_address", ["172.30.255.253"])).toBe("02:42:ac:1e:ff:fd");
});

describe("free_preview_index", () => {
  test.each([
    [["2"], "1"],
    [["2", "1"], "2"],
    [["3", "0", "1", "3"], "2"],
    [["3", "0", "2", "3"], "1"],
  ])("with previews and taken indexes %j returns %s", (parameters, index) => {
    expect(apps("free_preview_index", parameters)).toBe(index);
  });

  test.each([[["0"]], [["2", "1", "0", "2"]]])("fails if none is free: %j", (parameters) => {
    expect(() => apps("free_preview_index", parameters)).toThrow();
  });
});

describe("released", () => {
  const release = (image: string, slot = "blue") => ({ image, digest: image, slot, since: "2026-11-21T12:00:00Z" });
  const released = (current: unknown, previous: unknown, next: unknown) =>
    JSON.parse(apps("released", [JSON.stringify({ current, previous }), JSON.stringify(next)]));

  test("has no previous release after the first one", () => {
    expect(released(null, null, release("a"))).toEqual({ current: release("a"), previous: null });
  });

  test("keeps the replaced release as the previous one", () => {
    expect(released(release("a"), null, release("b", "green"))).toEqual({
      current: release("b", "green"),
      previous: release("a"),
    });
    expect(released(release("b"), release("a"), release("c", "green"))).toEqual({
      current: release("c", "green"),
      previous: release("b"),
    });
  });

  test("can roll back a rollback", () => {
    expect(released(release("b", "green"), release("a"), release("a"))).toEqual({
      current: release("a"),
      previous: release("b", "green"),
    });
  });

  test("keeps the previous release when the image stays the same", () => {
    expect(released(release("b"), release("a"), release("b", "green"))).toEqual({
      current: release("b", "green"),
      previous: release("a"),
    });
  });
});

describe("reconcile_steps", () => {
  test("starts and serves the recorded slot before it retires the other one", () => {
    expect(apps("reconcile_steps", ["green"])).toBe("start green\nserve green\nretire blue");
    expect(apps("reconcile_steps", ["blue"])).toBe("start blue\nserve blue\nretire green");
  });

  test("retires both slots without a release", () => {
    expect(apps("reconcile_steps", [""])).toBe("retire blue\nretire green");
  });
});

test("sessions returns the current requests of one server", () => {
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

  test("returns images of the repository that no release uses", () => {
    expect(apps("stale_images", ["registry.example/shop", kept], images)).toBe("1");
    expect(apps("stale_images", ["localhost/pages", kept], images)).toBe("6");
  });

  test("returns nothing if all images are used, or without a repository", () => {
    expect(
      apps("stale_images", ["registry.example/shop", `${kept}\nregistry.example/shop@${digest("a")}`], images),
    ).toBe("");
    expect(apps("stale_images", ["", kept], images)).toBe("");
  });
});
