/**
 * Marks of secrets, assets and references in the SDK's messages to the engine
 * (`sdk/go/common/resource/properties.go`).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
} as const;

/** Marks a value as secret, unless it has the mark. */
export function secret(value: unknown): unknown {
  return isMarked(value, signatures.secret) ? value : { [signatureKey]: signatures.secret, value };
}

/** Whether the whole value is marked as secret. */
export function isSecret(value: unknown): boolean {
  return isMarked(value, signatures.secret);
}

/** A value without its marks, and the paths of its secrets (`$.users[0].password`). */
export function revealed(input: unknown): { value: unknown; secretPaths: string[] } {
  const secretPaths: string[] = [];
  const walk = (value: unknown, path: string): unknown => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
    if (isMarked(value, signatures.secret)) {
      if (!secretPaths.includes(path)) secretPaths.push(path);
      return walk((value as { value: unknown }).value, path);
    }
    if (isMarked(value, signatures.reference)) return (value as unknown as { urn: string }).urn;
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (key !== signatureKey) out[key] = walk(item, `${path}.${key}`);
    }
    return out;
  };
  return { value: walk(input, "$"), secretPaths };
}

function isMarked(value: unknown, signature: string): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && (value as Record<string, unknown>)[signatureKey] === signature;
}
