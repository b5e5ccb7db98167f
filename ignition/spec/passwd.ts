import { z } from "zod";

const user = z.object({
  name: z.string(),
  /** Password hash in the format of crypt(3). */
  passwordHash: z.string().optional(),
  sshAuthorizedKeys: z.array(z.string()).optional(),
  uid: z.int().optional(),
  gecos: z.string().optional(),
  homeDir: z.string().optional(),
  noCreateHome: z.boolean().optional(),
  primaryGroup: z.string().optional(),
  /** Supplementary groups. */
  groups: z.array(z.string()).optional(),
  noUserGroup: z.boolean().optional(),
  noLogInit: z.boolean().optional(),
  shell: z.string().optional(),
  /** `false` removes the user. */
  shouldExist: z.boolean().optional(),
  system: z.boolean().optional(),
});

const group = z.object({
  name: z.string(),
  gid: z.int().optional(),
  passwordHash: z.string().optional(),
  /** `false` removes the group. */
  shouldExist: z.boolean().optional(),
  system: z.boolean().optional(),
});

/** Accounts of the machine. A user that the image has, such as `core`, is changed. */
export const passwd = z.object({
  users: z.array(user).optional(),
  groups: z.array(group).optional(),
});

export type PasswdUser = z.infer<typeof user>;
export type PasswdGroup = z.infer<typeof group>;
