import { fromJson, isUnknown } from "./values.ts";

/** One statement of an IAM policy document. */
export interface Statement {
  Sid?: string;
  Effect?: string;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/**
 * The statements of a policy document, which may be JSON text or an object and hold one statement or a list.
 * Empty if the document is missing, unknown or not JSON (the provider reports invalid JSON).
 */
export function statementsOf(document: unknown): Statement[] {
  const parsed = typeof document === "string" ? fromJson(document) : document;
  if (typeof parsed !== "object" || parsed === null) return [];
  const statements = (parsed as { Statement?: unknown }).Statement ?? [];
  const list = Array.isArray(statements) ? statements : [statements];
  return list.filter((statement): statement is Statement => typeof statement === "object" && statement !== null);
}

/** The values of a field with one string or a list of strings. */
export function listOf(field: string | string[] | undefined): string[] {
  if (field === undefined) return [];
  return (Array.isArray(field) ? field : [field]).filter((item) => typeof item === "string" && !isUnknown(item));
}

/** Whether the effect of the statement is `Allow`. */
export function allows(statement: Statement): boolean {
  return statement.Effect === "Allow";
}

/** Whether the statement has a condition; `{}` is no condition. */
export function isConditional({ Condition }: Statement): boolean {
  return Condition !== undefined && Condition !== null && Object.keys(Condition).length > 0;
}

/** Whether the statement allows every principal, or all except a few, without a condition. */
export function allowsEveryPrincipal(statement: Statement): boolean {
  return (
    allows(statement) &&
    (everyPrincipal(statement) || statement.NotPrincipal !== undefined) &&
    !isConditional(statement)
  );
}

/** Whether the statement applies to every principal: `"*"`, `{"AWS": "*"}`, `{"AWS": ["*"]}`. */
export function everyPrincipal(statement: Statement): boolean {
  const principal = statement.Principal;
  if (principal === "*") return true;
  if (typeof principal !== "object" || principal === null) return false;
  return Object.values(principal).some((value) => listOf(value as string | string[]).includes("*"));
}

/** Whether the statement's actions cover `action`, for example a whole service (`s3:*`). */
export function matchesAction(statement: Statement, action: string): boolean {
  return listOf(statement.Action).some((pattern) => pattern === "*" || pattern.toLowerCase() === action.toLowerCase());
}

/** Name of a statement in messages. */
export function statementName(statement: Statement, index: number): string {
  return statement.Sid ? `statement ${statement.Sid}` : `Statement[${index}]`;
}
