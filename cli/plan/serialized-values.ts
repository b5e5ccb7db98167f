/**
 * The marks by which the SDK tells secrets, assets and references from plain objects on their way to the engine
 * (`sdk/go/common/resource/properties.go`).
 */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  reference: "5cf8f73096256a8f31e491e813e4eb8e",
} as const;

/** Marks a value secret, unless it is already. */
export function secret(value: unknown): unknown {
  return isMarked(value, signatures.secret) ? value : { [signatureKey]: signatures.secret, value };
}

/** Whether a value is marked secret as a whole. */
export function isSecret(value: unknown): boolean {
  return isMarked(value, signatures.secret);
}

/** A value without its marks, and the paths (`$.users[0].password`) of everything that was secret. */
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
