import type { PolicyResult } from "./policies.ts";

/**
 * Results of the policies, with the violations that they find only in the engine's first preview, before a provider has
 * computed any value. Such a violation would stop the first `up`.
 */
export function withFirstPreview(results: readonly PolicyResult[], first: readonly PolicyResult[]): PolicyResult[] {
  return results.map((result, index) => {
    const known = new Set(result.violations.map(({ urn }) => urn));
    const further = (first[index]?.violations ?? []).filter(({ urn }) => !known.has(urn));
    if (further.length === 0) return result;
    const marked = further.map((one) => ({ ...one, message: `in the first preview: ${one.message}` }));
    return { ...result, violations: [...result.violations, ...marked] };
  });
}

/** The error of a program that fails only in the engine's first preview. */
export function inFirstPreview(error: unknown): unknown {
  if (error instanceof Error) error.message = `in the first preview, before any value exists: ${error.message}`;
  return error;
}
