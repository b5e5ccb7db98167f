import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "../..");

/** A command that the program prints, or that a page shows. */
export interface PrintedCommand {
  /** File and line. */
  where: string;
  /** Script of package.json. */
  script: string;
  /** Arguments behind `--`. */
  args: string[];
}

/** Texts of the program and of the pages, with their places. */
export function printedTexts(): { where: string; text: string }[] {
  const sources = ["cli", "components", "delivery", "policies", "stacks"].flatMap((dir) => filesIn(dir, /\.ts$/));
  const pages = [
    ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
    ...filesIn("docs", /\.md$/),
    ...filesIn("stacks", /\.yaml$/),
    ...filesIn("examples/ci", /./),
  ];
  return [
    ...sources.flatMap(stringsIn),
    ...pages.map((path) => ({ where: path, text: readFileSync(join(root, path), "utf8") })),
  ];
}

/** Every `npm run ...` of a text. */
export function commandsIn({ where, text }: { where: string; text: string }): PrintedCommand[] {
  return [...text.matchAll(/\bnpm run (?:--silent )?(\w+(?:[:-]\w+)*)( -- [^\n`]*)?/g)].map(
    ([, script = "", rest = ""]) => ({
      where,
      script,
      args: shellWords(rest.slice(" -- ".length)),
    }),
  );
}

/** Words of a command up to the end of the command: a pipe, a redirection, a comment, or prose. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [word, single, double] of line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)) {
    const text = single ?? double ?? word;
    if (single === undefined && double === undefined && /^([|<>#;)&]|\.\.\.|\.$|\\$)/.test(text)) break;
    // Prose behind a command in a message or a page.
    if (single === undefined && double === undefined && /[,;)]$/.test(text)) {
      words.push(text.replace(/[,;)]+$/, ""));
      break;
    }
    words.push(text);
  }
  return words.filter((word) => word !== "");
}

function filesIn(dir: string, pattern: RegExp): string[] {
  return readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** The texts in a source, without comments. A value stands for each expression in a template. */
function stringsIn(path: string): { where: string; text: string }[] {
  const source = ts.createSourceFile(path, readFileSync(join(root, path), "utf8"), ts.ScriptTarget.Latest, true);
  const found: { where: string; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) {
      found.push({ where: `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, text });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A text with the text of its `+` neighbours. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return (
      node.head.text + node.templateSpans.map(({ expression, literal }) => value(expression) + literal.text).join("")
    );
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

const values: Readonly<Record<string, string>> = { command: "up", key: "galera.size", path: "galera.size", verb: "up" };

function value(expression: ts.Expression): string {
  return values[expression.getText()] ?? "dev";
}
