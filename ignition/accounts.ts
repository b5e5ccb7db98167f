import type { Fragment } from "./spec.ts";
import { defined } from "./units.ts";

export interface UserArgs {
  /** Login name. A user that the image has, such as `core`, is changed. */
  name: string;
  /** Public SSH keys for the login. Default: none. */
  sshAuthorizedKeys?: readonly string[];
  /** Supplementary groups. */
  groups?: readonly string[];
  /** User id. Default: the next free one. */
  uid?: number;
  /** Whether the home directory is not created. Default: false. */
  noCreateHome?: boolean;
  /** Whether it is a system account. Default: false. */
  system?: boolean;
  /** Login shell. */
  shell?: string;
}

/** A user without a password. Logins need an SSH key. */
export function user({ name, sshAuthorizedKeys, groups, uid, noCreateHome, system, shell }: UserArgs): Fragment {
  const lists = { groups: groups && [...groups], sshAuthorizedKeys: sshAuthorizedKeys && [...sshAuthorizedKeys] };
  return { passwd: { users: [defined({ name, uid, ...lists, noCreateHome, system, shell })] } };
}

export interface GroupArgs {
  /** Name of the group. */
  name: string;
  /** Group id. Default: the next free one. */
  gid?: number;
  /** Whether it is a system group. Default: false. */
  system?: boolean;
}

/** A group. */
export function group({ name, gid, system }: GroupArgs): Fragment {
  return { passwd: { groups: [defined({ name, gid, system })] } };
}
