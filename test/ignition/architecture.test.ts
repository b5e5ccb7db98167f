import { describe, expect, test } from "vitest";
import { ec2Architecture } from "../../ignition/architecture.ts";

/** Families of EC2 by architecture, from AWS' list of instance types. */
const families = {
  aarch64:
    "a1 c6g c6gd c6gn c7g c7gd c7gn c8g g5g hpc7g i4g i8g im4gn is4gen m6g m6gd m7g m7gd m8g r6g r6gd r7g r7gd r8g t4g " +
    "x2gd x8g",
  x86_64:
    "c3 c4 c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c7i-flex d2 d3 d3en dl1 f1 g4ad g4dn g5 g6 h1 i2 i3 i3en i4i " +
    "inf1 inf2 m4 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6i m6id m6idn m6in m7a m7i m7i-flex p3 p4d p5 r4 r5 r5a r5b r5n " +
    "r6a r6i r6id r6in r7a r7i r7iz t2 t3 t3a trn1 u-6tb1 u7i-12tb vt1 x1 x1e x2idn x2iedn x2iezn z1d",
} as const;

describe.each(Object.entries(families))("the architecture %s", (architecture, names) => {
  test("is that of each of its families", () => {
    const others = names.split(" ").filter((family) => ec2Architecture(`${family}.large`) !== architecture);
    expect(others).toEqual([]);
  });
});
