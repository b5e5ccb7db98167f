import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AddressRegister,
  checkCidr,
  checkDisjoint,
  contains,
  hostAddress,
  isTooWide,
  overlaps,
  prefixLength,
  splitCidr,
} from "../../../components/cloud/addresses.ts";

describe("hostAddress", () => {
  test.each([
    ["10.0.0.0/16", 10, "10.0.0.10"],
    ["10.0.0.0/16", 256, "10.0.1.0"],
    ["192.168.7.128/25", 1, "192.168.7.129"],
    ["192.168.7.128/25", 126, "192.168.7.254"],
    ["255.255.255.0/24", 254, "255.255.255.254"],
  ])("in %s, gives host number %d the address %s", (cidr, host, address) => {
    expect(hostAddress(cidr, host)).toBe(address);
  });

  test.each([
    ["10.0.0.0/24", 0, {}, "host number 0 does not fit into 10.0.0.0/24: it has room for 1 to 254"],
    ["10.0.0.0/24", 255, {}, "host number 255 does not fit into 10.0.0.0/24: it has room for 1 to 254"],
    ["10.0.0.0/28", 3, { low: 4 }, "host number 3 does not fit into 10.0.0.0/28: it has room for 4 to 14"],
    ["10.0.0.0/28", 8, { low: 4, high: 8 }, "host number 8 does not fit into 10.0.0.0/28: it has room for 4 to 7"],
    ["10.0.0.0/28", 1.5, {}, "host number 1.5 does not fit into 10.0.0.0/28: it has room for 1 to 14"],
    ["10.0.0.0/31", 1, {}, "host number 1 does not fit into 10.0.0.0/31: it has no room for machines"],
  ])("in %s, rejects host number %d with the reserved numbers %o", (cidr, host, reserved, message) => {
    expect(() => hostAddress(cidr, host, reserved)).toThrow(new RangeError(message));
  });
});

describe("checkCidr", () => {
  test.each([
    ["10.0.0.5/16", '"10.0.0.5/16" is an address within a range: did you mean 10.0.0.0/16?'],
    ["10.0.0.0", '"10.0.0.0" is not an IPv4 range: write it like 10.0.0.0/16'],
    ["10.0.0.0/33", '"10.0.0.0/33" is not an IPv4 range: write it like 10.0.0.0/16'],
    ["10.1/16", '"10.1/16" is not an IPv4 range: write it like 10.0.0.0/16'],
    ["0x0a.0.0.0/8", '"0x0a.0.0.0/8" is not an IPv4 range: write it like 10.0.0.0/16'],
    ["fd00::/64", '"fd00::/64" is not an IPv4 range: write it like 10.0.0.0/16'],
  ])("rejects %s", (cidr, message) => {
    expect(() => checkCidr(cidr)).toThrow(new RangeError(message));
  });
});

describe("splitCidr", () => {
  test("divides a range into equal subnets in address order", () => {
    expect(splitCidr("10.20.0.0/16", 4)).toEqual(["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18", "10.20.192.0/18"]);
    expect(splitCidr("10.20.0.0/16", 1)).toEqual(["10.20.0.0/16"]);
  });

  test("rejects subnets that are too small, and a number of parts that does not divide the range", () => {
    expect(() => splitCidr("10.0.0.0/27", 4, 28)).toThrow(
      new RangeError("10.0.0.0/27 is too small for 4 subnets: they would be /29, the smallest allowed is /28"),
    );
    expect(() => splitCidr("10.0.0.0/16", 3)).toThrow(
      new RangeError("10.0.0.0/16 cannot be split into 3 equal subnets: use a power of two"),
    );
  });

  test("creates parts that cover the range and do not overlap", () => {
    const range = fc.record({
      octet: fc.nat(255),
      prefix: fc.integer({ min: 8, max: 24 }),
      bits: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(range, ({ octet, prefix, bits }) => {
        const cidr = `${octet}.0.0.0/${prefix}`;
        const parts = splitCidr(cidr, 2 ** bits);
        expect(parts).toHaveLength(2 ** bits);
        expect(parts.every((part) => contains(cidr, part) && prefixLength(part) === prefix + bits)).toBe(true);
        checkDisjoint(Object.fromEntries(parts.map((part, i) => [`part ${i}`, part])));
      }),
    );
  });
});

test("overlaps compares addresses in both directions", () => {
  expect(overlaps("10.0.0.0/16", "10.0.128.0/24")).toBe(true);
  expect(overlaps("10.0.128.0/24", "10.0.0.0/16")).toBe(true);
  expect(overlaps("10.0.0.0/17", "10.0.128.0/17")).toBe(false);
});

test("contains accepts ranges and single addresses", () => {
  expect(contains("10.0.0.0/16", "10.0.255.255")).toBe(true);
  expect(contains("10.0.0.0/16", "10.1.0.0")).toBe(false);
  expect(contains("10.0.128.0/24", "10.0.0.0/16")).toBe(false);
  expect(contains("10.0.0.0/16", "10.0.0.0/16")).toBe(true);
});

test("checkDisjoint rejects overlapping networks with their names", () => {
  expect(() => checkDisjoint({ staging: "10.1.0.0/16", prod: "10.2.0.0/16", ci: "10.2.64.0/18" })).toThrow(
    new RangeError("ci 10.2.64.0/18 overlaps prod 10.2.0.0/16: use two separate ranges"),
  );
});

test("AddressRegister rejects a host number that is already in use", () => {
  const register = new AddressRegister();
  register.claim(20, "galera-0");
  register.claim(21, "galera-1");
  expect(() => register.claim(20, "etcd-0")).toThrow(
    new RangeError("host number 20 is used twice, by galera-0 and by etcd-0: use another number for one of them"),
  );
});

test("isTooWide returns true for ranges down to a /7", () => {
  expect(["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7"].map(isTooWide)).toEqual([true, true, true]);
  expect(["10.0.0.0/8", "10.0.0.0/16", "192.0.2.7/32", "everyone", "10.0.0.1"].map(isTooWide)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
