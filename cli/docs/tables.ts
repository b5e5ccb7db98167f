import type { Described } from "./source.ts";

/** Arguments as a table. */
export function argumentTable(members: readonly Described[]): string {
  const rows = members.map(({ name, type, optional, text, default: value }) => [
    `\`${name}\``,
    code(type),
    optional ? (value ?? "") : "required",
    text,
  ]);
  return table(["Argument", "Type", "Default", "Meaning"], rows);
}

/** Outputs and methods of a component as a table. */
export function outputTable(members: readonly Described[]): string {
  const rows = members.map(({ name, type, text }) => {
    const method = type.startsWith("(");
    return [
      code(method ? name + type.replace(/: [^:]+$/, "") : name),
      code(method ? type.replace(/^.*\): /, "") : type),
      text,
    ];
  });
  return table(["Name", "Type", "Meaning"], rows);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
