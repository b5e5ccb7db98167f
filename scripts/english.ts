import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import ts from "typescript";
import { trackedFiles } from "./files.ts";

/**
 * Counts phrases that make English hard to read, per 1,000 words, over docs, comments, test names and messages.
 * Exit code 1 above the limit. `--list` prints each place; paths as further arguments limit the files.
 */
const limit = 0.5;
const phrases = {
  who: /\b(who|whom|whoever|nobody|somebody)\b/gi,
  "what is": /\bwhat (is|are|was|were|the|a|an|it|its|they|may|can|has|have|does|this|that|there)\b/gi,
  "of its own": /\bof (its|their|his|your|one's) own\b/gi,
  tells: /\b(tells|(is|are|was|were|be|been) told|says|hears|heard)\b/gi,
};
const kinds = ["docs", "comments", "test names", "messages"] as const;

type Kind = (typeof kinds)[number];
type Phrase = keyof typeof phrases;
interface Passage {
  readonly kind: Kind;
  readonly line: number;
  readonly text: string;
}

const list = process.argv.includes("--list");
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const words = new Map<Kind, number>();
const found = new Map<Kind, Map<Phrase, number>>();
for (const kind of kinds) {
  words.set(kind, 0);
  found.set(kind, new Map());
}

for (const path of trackedFiles()) {
  if (chosen.length > 0 && !chosen.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) continue;
  for (const passage of passages(path)) {
    words.set(passage.kind, words.get(passage.kind)! + (passage.text.match(/[\p{L}\p{N}'-]+/gu)?.length ?? 0));
    for (const [phrase, pattern] of Object.entries(phrases) as [Phrase, RegExp][]) {
      const hits = [...passage.text.matchAll(pattern)];
      const counts = found.get(passage.kind)!;
      counts.set(phrase, (counts.get(phrase) ?? 0) + hits.length);
      if (!list) continue;
      for (const hit of hits) {
        const line = passage.line + passage.text.slice(0, hit.index).split("\n").length - 1;
        console.log(`${path}:${line}: ${passage.kind}: ${excerpt(passage.text, hit.index)}`);
      }
    }
  }
}

const names = Object.keys(phrases) as Phrase[];
console.log(`per 1,000 words   ${["words", ...names].map((name) => name.padStart(12)).join("")}`);
for (const kind of kinds) {
  const total = words.get(kind)!;
  const rates = names.map((name) => ((found.get(kind)!.get(name) ?? 0) * 1000) / Math.max(total, 1));
  console.log(
    kind.padEnd(18) +
      [String(total), ...rates.map((rate) => rate.toFixed(2))].map((cell) => cell.padStart(12)).join(""),
  );
  for (const [index, rate] of rates.entries()) {
    if (rate <= limit || chosen.length > 0) continue;
    console.error(`${kind}: "${names[index]}" ${rate.toFixed(2)} per 1,000 words; at most ${limit}; run with --list`);
    process.exitCode = 1;
  }
}

function excerpt(text: string, index: number): string {
  return text
    .slice(Math.max(0, index - 50), index + 50)
    .replaceAll(/\s+/g, " ")
    .trim();
}

function passages(path: string): Passage[] {
  if (path === "LICENSE" || path === "package-lock.json" || path === "scripts/english.ts") return [];
  switch (extname(path)) {
    case ".md":
      return [{ kind: "docs", line: 1, text: withoutCode(readFileSync(path, "utf8")) }];
    case ".ts":
    case ".mts":
    case ".js":
    case ".mjs":
      return programPassages(path);
    case ".css":
      return comments(path, /\/\*[\s\S]*?\*\//g);
    case ".groovy":
    case ".go":
      return comments(path, /\/\*[\s\S]*?\*\/|(?<![:"'])\/\/.*$/gm);
    case ".lua":
      return comments(path, /--.*$/gm);
    case ".json":
    case ".png":
    case ".sum":
    case ".pem":
    case ".html":
      return [];
    default:
      return basename(path) === "Jenkinsfile"
        ? comments(path, /(?<!:)\/\/.*$/gm)
        : comments(path, /^\s*[#;](?!!).*$|\s# .*$/gm);
  }
}

/** A page without its code blocks, line for line. */
function withoutCode(page: string): string {
  return page.replaceAll(/^```[\s\S]*?^```/gm, (block) => "\n".repeat(block.split("\n").length - 1));
}

function comments(path: string, pattern: RegExp): Passage[] {
  const text = readFileSync(path, "utf8");
  if (text.includes("\0")) return [];
  return [...text.matchAll(pattern)].map((match) => ({
    kind: "comments",
    line: text.slice(0, match.index).split("\n").length,
    text: match[0],
  }));
}

function programPassages(path: string): Passage[] {
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const result: Passage[] = [];
  const add = (kind: Kind, position: number, value: string) =>
    result.push({ kind, line: source.getLineAndCharacterOfPosition(position).line + 1, text: value });
  const isTest = path.startsWith("test/");
  const seen = new Set<number>();
  const visit = (node: ts.Node): void => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ]) {
      if (seen.has(range.pos)) continue;
      seen.add(range.pos);
      add("comments", range.pos, text.slice(range.pos, range.end));
    }
    const name = isTest ? testName(node) : undefined;
    if (name) add("test names", name.getStart(), name.getText());
    if (!isTest && isMessage(node)) add("messages", node.getStart(), node.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  visit(source.endOfFileToken);
  return result;
}

/** The name in it("name", ...), describe.each(...)("name", ...) and their like. */
function testName(node: ts.Node): ts.Node | undefined {
  if (!ts.isCallExpression(node) || node.arguments.length === 0) return undefined;
  if (!/^(it|test|describe)\b/.test(node.expression.getText())) return undefined;
  const [first] = node.arguments;
  return first && (ts.isStringLiteralLike(first) || ts.isTemplateExpression(first)) ? first : undefined;
}

/** A string that a person may read: at least three words. */
function isMessage(node: ts.Node): boolean {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return false;
  return /[a-z]{2,} [a-z]+ [a-z]+/i.test(node.getText());
}
