import { refuse } from "./error.ts";
import { file } from "./files.ts";
import type { Owner } from "./files.ts";
import type { Fragment } from "./spec.ts";

export interface EnvFileArgs {
  /** Absolute path on the machine. */
  path: string;
  /** Variables and their values. Values must not contain line breaks. */
  values: Readonly<Record<string, string | number>>;
  /** Permission bits. Default: `0o600`, because values may be secret. */
  mode?: number;
  /** Owner, by name or number. Default: root. */
  user?: Owner;
  /** Group, by name or number. Default: root. */
  group?: Owner;
}

/** Parameters for units and scripts. systemd can read the file as an EnvironmentFile, and bash can source it. */
export function envFile({ values, mode = 0o600, ...node }: EnvFileArgs): Fragment {
  const lines = Object.entries(values).map(([name, value]) => line(name, value, `envFile ${node.path}`));
  return file({ ...node, mode, text: lines.join("") });
}

function line(name: string, value: string | number, where: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    refuse(where, `"${name}" is not the name of a variable; use letters, digits and _, and no digit first`);
  }
  if (typeof value === "number" && !Number.isFinite(value))
    refuse(`${where} ${name}`, `${value} is given; a finite number is allowed`);
  const text = String(value);
  if (/[\r\n]/.test(text)) refuse(`${where} ${name}`, "the value has a line break; put it into a separate file");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the check for control characters
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text))
    refuse(`${where} ${name}`, "the value has a control character, which systemd refuses");
  return `${name}=${quoted(text)}\n`;
}

/** systemd and bash read these characters unchanged. In double quotes, both unescape the same four characters. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@,+=-]*$/.test(text) ? text : `"${text.replace(/[\\"$`]/g, "\\$&")}"`;
}
