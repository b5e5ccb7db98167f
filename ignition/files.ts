import { readFileSync } from "node:fs";
import { smallestContents, textContents } from "./contents.ts";
import { refuse } from "./error.ts";
import type { Fragment, Resource } from "./spec.ts";

/** Who owns a node, by name or by number. */
export type Owner = string | number;

interface NodeArgs {
  /** Absolute path on the machine. */
  path: string;
  /** Permission bits, `0o640`. Default `0o644` for files, `0o755` for directories. */
  mode?: number;
  /** Owner, by name or number; default root. */
  user?: Owner;
  /** Group, by name or number; default root. */
  group?: Owner;
  /** Whether to replace what the image has at this path. Default: only where there is nothing yet. */
  overwrite?: boolean;
}

export interface FileArgs extends NodeArgs {
  /** The whole contents of the file. */
  text: string;
}

export interface FileFromDiskArgs extends NodeArgs {
  /** The local file, `new URL("galera.sh", import.meta.url)`; it may be binary. */
  from: URL;
}

/** A file with the given text, readable in the config as it is. */
export function file({ text, ...node }: FileArgs): Fragment {
  return fileWith(textContents(text, `file ${node.path}`), node);
}

/** A file with the contents of a local one, compressed where that makes the config smaller. */
export function fileFromDisk({ from, ...node }: FileFromDiskArgs): Fragment {
  return fileWith(smallestContents(readLocal(from)), node);
}

/** A local file; refused with its name when it cannot be read. */
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

/** A directory; those above it are made with mode 0755 where they are missing. */
export function directory({ path, mode = 0o755, user, group }: DirectoryArgs): Fragment {
  return { storage: { directories: [{ path, mode, ...owners(user, group) }] } };
}

export interface LinkArgs {
  /** Absolute path of the link. */
  path: string;
  /** What it points at; relative to the link's directory when it is not absolute. */
  target: string;
  /** Hard rather than symbolic. Default false. */
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
