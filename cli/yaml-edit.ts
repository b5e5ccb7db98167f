import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, isSeq, parse, parseDocument, Scalar } from "yaml";

/** Steps to a value: names of groups and indexes of lists. */
export type Steps = readonly (string | number)[];

const options = { logLevel: "error" } as const;

/**
 * A YAML text with another value at one place. All other lines keep their form: comments, quotes, blank lines and
 * indentation.
 * @param value the new value; undefined removes it
 */
export function withValue(text: string, steps: Steps, value: unknown): string {
  const before = parseDocument(text, options);
  const after = parseDocument(text, options);
  if (value === undefined) after.deleteIn(steps);
  else set(after, steps, value);
  const expected = after.toJS() ?? {};
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
  // Texts have several forms, and a printed line has one of them: the first that is read as the new value.
  for (const shifted of [false, true]) {
    for (const indentSeq of [true, false]) {
      const form = { lineWidth: 0, indent: shifted ? 2 : indent, indentSeq };
      const spliced = splice(text, before.toString(form), after.toString(form), shifted);
      if (spliced !== undefined && isDeepStrictEqual(parsed(spliced), expected)) return spliced;
    }
  }
  return after.toString({ lineWidth: 0 });
}

function set(document: Document, steps: Steps, value: unknown): void {
  for (let depth = 0; depth < steps.length; depth++) {
    const at = steps.slice(0, depth);
    const node = depth === 0 ? document.contents : document.getIn(at, true);
    if (isMap(node) || isSeq(node)) continue;
    const empty = typeof steps[depth] === "number" ? [] : {};
    if (depth === 0) document.contents = document.createNode(empty) as never;
    else document.setIn(at, document.createNode(empty));
  }
  const old = document.getIn(steps, true);
  const node = document.createNode(value);
  // Keeps the quotes and the comment behind the value.
  if (isScalar(old) && isScalar(node)) {
    if (old.type === Scalar.QUOTE_DOUBLE || old.type === Scalar.QUOTE_SINGLE) {
      if (typeof value === "string") node.type = old.type;
    }
    node.comment = old.comment;
  }
  document.setIn(steps, node);
}

/**
 * The text with the lines that differ between two printed versions. The printed version of a text can have other
 * spaces than the text, so lines are compared without spaces.
 * @param shifted whether new lines are indented relative to the line of the text that they follow or replace
 * @returns undefined if the text and its printed version differ in more than spaces
 */
function splice(text: string, before: string, after: string, shifted: boolean): string | undefined {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(/\r?\n/);
  const filled = lines.flatMap((line, index) => (line.trim() === "" ? [] : [index]));
  const [was, is] = [contentLines(before), contentLines(after)];
  const same = (line: string, printed: string) => line.replaceAll(/\s/g, "") === printed.replaceAll(/\s/g, "");
  if (was.length !== filled.length || filled.some((index, i) => !same(lines[index]!, was[i]!))) return undefined;
  let start = 0;
  while (start < Math.min(was.length, is.length) && was[start] === is[start]) start++;
  let tail = 0;
  while (tail < Math.min(was.length, is.length) - start && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
  const from = start === 0 ? 0 : filled[start - 1]! + 1;
  const removed = was.length - tail - start;
  const to = removed === 0 ? from : filled[was.length - tail - 1]! + 1;
  const kept = removed === 0 ? from : filled[start]!;
  const near = removed === 0 ? start - 1 : start;
  const shift = shifted && near >= 0 ? indentOf(lines[filled[near]!]!) - indentOf(was[near]!) : 0;
  const added = is.slice(start, is.length - tail).map((line) => indented(line, shift));
  const result = [...lines.slice(0, kept), ...added, ...lines.slice(to)].join(end);
  return /\n$/.test(result) ? result : `${result}${end}`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function indented(line: string, shift: number): string {
  return shift < 0 ? line.replace(new RegExp(`^ {0,${-shift}}`), "") : " ".repeat(shift) + line;
}

function contentLines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function parsed(text: string): unknown {
  try {
    return parse(text, options) ?? {};
  } catch {
    return undefined;
  }
}
