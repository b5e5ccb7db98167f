import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** An argument, output or method, from its declaration and doc comment. */
export interface Described {
  name: string;
  /** Type or signature, on one line. */
  type: string;
  optional: boolean;
  /** The doc comment without its default; empty when there is none. */
  text: string;
  /** Text after `Default:` in the doc comment, without the full stop. */
  default?: string;
}

/**
 * The members of an exported interface in their order, then the members of the arguments that it extends.
 * @throws Error when the file has no such interface
 */
export function interfaceMembers(file: string, name: string): Described[] {
  const source = parse(file);
  const found = source.statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name);
  if (found === undefined) throw new Error(`${file} has no interface ${name}`);
  const { members, heritageClauses = [] } = found as ts.InterfaceDeclaration;
  const bases = heritageClauses
    .flatMap((clause) => clause.types.map(({ expression }) => expression.getText(source)))
    .filter((base) => base.endsWith("Args"));
  const own = members.map((member) => described(member, source, file));
  return [...own, ...bases.flatMap((base) => interfaceMembers(importedFrom(base, file) ?? file, base))];
}

/**
 * The public properties and methods of a class, in their order.
 * @throws Error when the file has no such class.
 */
export function classMembers(file: string, name: string): Described[] {
  const source = parse(file);
  const found = source.statements.find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
  if (found === undefined) throw new Error(`${file} has no class ${name}`);
  return (found as ts.ClassDeclaration).members
    .filter((member) => ts.isPropertyDeclaration(member) || ts.isMethodDeclaration(member) || ts.isGetAccessor(member))
    .filter((member) => !ts.isPrivateIdentifier(member.name))
    .map((member) => described(member, source, file));
}

/** Names of the interfaces a file exports. */
export function exportedInterfaces(file: string): string[] {
  return parse(file)
    .statements.filter(ts.isInterfaceDeclaration)
    .filter((node) => node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword))
    .map((node) => node.name.text);
}

const parsed = new Map<string, ts.SourceFile>();

function parse(file: string): ts.SourceFile {
  let source = parsed.get(file);
  if (source === undefined) {
    source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ESNext, true);
    parsed.set(file, source);
  }
  return source;
}

type Member = ts.TypeElement | ts.PropertyDeclaration | ts.MethodDeclaration | ts.GetAccessorDeclaration;

function described(member: Member, source: ts.SourceFile, file: string): Described {
  const name = member.name?.getText(source) ?? "";
  const optional = ts.isPropertySignature(member) && member.questionToken !== undefined;
  return { name, type: typeOf(member, source, file), optional, ...statements(commentOf(member)) };
}

function typeOf(member: Member, source: ts.SourceFile, file: string): string {
  if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
    const parameters = member.parameters.map((parameter) => oneLine(parameter.getText(source))).join(", ");
    return `(${parameters}): ${oneLine(member.type?.getText(source) ?? "void")}`;
  }
  if (ts.isGetAccessor(member)) return oneLine(member.type?.getText(source) ?? "unknown");
  const { type, initializer } = member as ts.PropertyDeclaration;
  if (type === undefined) return oneLine(initializer?.getText(source) ?? "unknown");
  return (ts.isTypeReferenceNode(type) && words(type.typeName.getText(source), file)) || oneLine(type.getText(source));
}

/** A union of literals, spelt out. */
function words(name: string, file: string): string | undefined {
  const source = parse(file);
  for (const statement of source.statements) {
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name) {
      const { type } = statement;
      const literals = ts.isUnionTypeNode(type) && type.types.every((part) => ts.isLiteralTypeNode(part));
      return literals ? oneLine(type.getText(source)) : undefined;
    }
  }
  const elsewhere = importedFrom(name, file);
  return elsewhere === undefined ? undefined : words(name, elsewhere);
}

/** The file of this repository that a name comes from, where it is imported. */
function importedFrom(name: string, file: string): string | undefined {
  for (const statement of parse(file).statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    const path = statement.moduleSpecifier.text;
    if (!path.startsWith(".") || !path.endsWith(".ts") || bindings === undefined || !ts.isNamedImports(bindings))
      continue;
    if (bindings.elements.some((element) => element.name.text === name)) return join(dirname(file), path);
  }
  return undefined;
}

function commentOf(member: Member): string {
  const [comment] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  return ts.getTextOfJSDocComment(comment?.comment) ?? "";
}

/** Splits a comment into its text and its default, and joins wrapped lines. */
function statements(comment: string): { text: string; default?: string } {
  const lines: string[] = [];
  for (const line of comment.replace(/\{@link ([^}]+)\}/g, "`$1`").split("\n")) {
    const wrapped = lines.length > 0 && !/[.:]$/.test(lines.at(-1)!);
    if (wrapped) lines.push(`${lines.pop()} ${line.trim()}`);
    else lines.push(line.trim());
  }
  const whole = lines.join("\n");
  const [given, value] = /(?:^|\s)Default: (.*?)\.?$/m.exec(whole) ?? [];
  const text = (given === undefined ? whole : whole.replace(given, "")).replace(/\s+/g, " ").trim();
  return { text, ...(value !== undefined && { default: value }) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/,? \}/g, " }").replace(/^\| /, "");
}
