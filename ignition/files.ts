import { readFileSync } from "node:fs";
import { smallestContents, textContents } from "./contents.ts";
import { refuse } from "./error.ts";
import type { Fragment, Resource } from "./spec.ts";

/** Owner of a file, directory or link, by name or by number. */
export type Owner = string | number;

interface NodeArgs {
  /** Absolute path on the machine. */
  path: string;
  /** Permission bits, `0o640`. Default: `0o644` for files, `0o755` for directories. */
  mode?: number;
  /** Owner, by name or number. Default: root. */
  user?: Owner;
  /** Group, by name or number. Default: root. */
  group?: Owner;
  /** Whether to replace a file of the image at this path. Default: the path must not exist. */
  overwrite?: boolean;
}

export interface FileArgs extends NodeArgs {
  /** Complete contents of the file. */
  text: string;
}

export interface FileFromDiskArgs extends NodeArgs {
  /** URL of the local file, `new URL("galera.sh", import.meta.url)`. It may be binary. */
  from: URL;
}

/** A file with the given text, which stays readable in the config. */
export function file({ text, ...node }: FileArgs): Fragment {
  return fileWith(textContents(text, `file ${node.path}`), node);
}

/** A file with the contents of a local file, compressed if that makes the config smaller. */
export function fileFromDisk({ from, ...node }: FileFromDiskArgs): Fragment {
  return fileWith(smallestContents(readLocal(from)), node);
}

/** Contents of a local file. @throws {@link IgnitionError} with its name if it cannot be read. */
export function readLocal(from: URL): Buffer {
  try {
    return readFileSync(from);
  } catch (error) {
    return refuse(from.href, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function fileWith(contents: Resource, { path, mode = 0o644, user, group, overwrite }: NodeArgs): Fragment {
  return {
    storage: {
      files: [{ path, mode, ...owners(user, group), ...(overwrite === undefined ? {} : { overwrite }), contents }],
    },
  };
}

export interface DirectoryArgs extends Omit<NodeArgs, "overwrite"> {}

/** A directory. Missing parent directories are created with mode 0755. */
export function directory({ path, mode = 0o755, user, group }: DirectoryArgs): Fragment {
  return { storage: { directories: [{ path, mode, ...owners(user, group) }] } };
}

export interface LinkArgs {
  /** Absolute path of the link. */
  path: string;
  /** Target of the link: an absolute path, or a path relative to the link's directory. */
  target: string;
  /** Whether it is a hard link. Default: false, a symbolic link. */
  hard?: boolean;
}

/** A link. */
export function link({ path, target, hard }: LinkArgs): Fragment {
  return { storage: { links: [{ path, target, ...(hard === undefined ? {} : { hard }) }] } };
}

function owners(
  user?: Owner,
  group?: Owner,
): { user?: { id?: number; name?: string }; group?: { id?: number; name?: string } } {
  const named = (owner: Owner) => (typeof owner === "number" ? { id: owner } : { name: owner });
  return {
    ...(user === undefined ? {} : { user: named(user) }),
    ...(group === undefined ? {} : { group: named(group) }),
  };
}
