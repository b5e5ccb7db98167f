import { stripVTControlCharacters } from "node:util";

/** Columns that are aligned to the right: numbers. */
export interface TableOptions {
  right?: readonly number[];
  indent?: string;
}

/** Rows as lines with aligned columns, two blanks apart. Colours of cells do not count. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { right = [], indent = "  " } = options;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => width(row[i] ?? ""))));
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const gap = " ".repeat((widths[i] ?? 0) - width(cell));
      return right.includes(i) ? gap + cell : cell + gap;
    });
    return (indent + cells.join("  ")).trimEnd();
  });
}

/** Width of a text on a terminal. */
export function width(text: string): number {
  return stripVTControlCharacters(text).length;
}

/**
 * Wraps a text at a number of columns.
 * @param first start of the first line
 * @param hanging start of every other line
 */
export function wrap(text: string, columns: number, first = "", hanging = first): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (!empty && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = hanging;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
