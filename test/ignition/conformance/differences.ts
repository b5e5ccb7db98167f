import type { Issue } from "../../../ignition/index.ts";

/** A rule of this library that Ignition does not have. Ignition accepts these configs; the opposite is not allowed. */
export interface Difference {
  reason: string;
  /** Whether an issue comes from this rule. */
  covers(issue: Issue): boolean;
  /** Configs that show the difference. */
  examples: readonly unknown[];
}

const ignition = { version: "3.4.0" };

/** All differences between our verdicts and those of `ignition-validate`, with reasons. */
export const differences: readonly Difference[] = [
  {
    reason: "the JSON schema requires a name; the validator accepts a missing name, and the machine fails at boot",
    covers: ({ path, message }) => path.endsWith(".name") && message === "is missing; give a string",
    examples: [
      { ignition, passwd: { users: [{}] } },
      { ignition, passwd: { groups: [{ gid: 1 }] } },
      { ignition, storage: { raid: [{ level: "raid1", devices: ["/dev/vda"] }] } },
      { ignition, storage: { luks: [{ device: "/dev/vda" }] } },
    ],
  },
  {
    reason: "Go reads keys in any case but warns that they are unused: here a key in the wrong case is a mistake",
    covers: ({ message }) => /^the key "\w+" is written "\w+"$/.test(message),
    examples: [
      { ignition, Storage: {} },
      { ignition, storage: { files: [{ path: "/a", Mode: 420 }] } },
    ],
  },
  {
    reason: "a machine reads versions 3.0.0 to 3.5.0; this library writes and accepts only 3.4.0",
    covers: ({ path }) => path === "$.ignition.version",
    examples: [
      { ignition: { version: "3.0.0" } },
      { ignition: { version: "3.5.0" } },
      { ignition: { version: "03.4.0" } },
      { ignition: { version: "3.4.0+" } },
    ],
  },
  {
    reason: "Go reads null in a list as an empty entry; an empty key, option or user is never meant",
    covers: ({ message }) => /^null is given; (a string|an object) is allowed$/.test(message),
    examples: [
      { ignition, passwd: { users: [{ name: "a", sshAuthorizedKeys: [null] }] } },
      { ignition, kernelArguments: { shouldExist: [null] } },
      { ignition, passwd: { users: [null] } },
    ],
  },
  {
    reason:
      "Go has integers of 64 bits; JavaScript's are exact only up to 2^53 - 1, which no user, size or mode reaches",
    covers: ({ message }) =>
      message.endsWith("a whole number between -9007199254740991 and 9007199254740991 is allowed"),
    examples: [
      { ignition, passwd: { users: [{ name: "a", uid: 2 ** 60 }] } },
      { ignition, passwd: { groups: [{ name: "a", gid: -(2 ** 60) }] } },
    ],
  },
];
