/** A probable secret in a text, without the secret itself. */
export interface Finding {
  /** Kind of secret: `a private key`. */
  what: string;
}

const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key"],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/, "a GitHub token"],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a GitLab token"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/, "a JSON web token"],
  [/\$(?:1|2[aby]?|5|6|7|y|gy)\$[./A-Za-z0-9$=,]{20,}/, "a password hash"],
  [/[?&](?:temp_url_sig|X-Amz-Signature|sig)=[A-Za-z0-9%]{16,}/, "a signed URL"],
];

const secretName =
  "[A-Za-z0-9_.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[A-Za-z0-9_]*";
// Names of references to a secret, such as `passwordFile`.
const referenceName = /(name|ref|file|path|dir|url|type)$/i;
// A quote can follow the name, as in JSON and YAML keys. The value ends at white space or at its quote.
const assignment = new RegExp(`\\b(${secretName})["']?\\s*[=:]\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"']+))`, "gi");

/** Probable secrets in a text: keys, tokens, hashes, values assigned to names of secrets, random characters. */
export function secretsIn(text: string): Finding[] {
  const found = patterns.filter(([pattern]) => pattern.test(text)).map(([, what]) => ({ what }));
  for (const [, name = "", ...values] of text.matchAll(assignment)) {
    const value = values.find((given) => given !== undefined) ?? "";
    if (!referenceName.test(name) && isLiteralSecret(value)) found.push({ what: `a value for ${name}` });
  }
  if (found.length === 0 && randomToken(text)) found.push({ what: "a long random value" });
  return found;
}

/** Whether a variable holds a secret, according to its name or value. */
export function secretNamed(name: string, value: string): boolean {
  const isNamed = new RegExp(`^${secretName}$`, "i").test(name) && !referenceName.test(name);
  return (isNamed && isLiteralSecret(value)) || secretsIn(value).length > 0;
}

/** Whether a value is a reference to a secret, such as an ARN, a path or a URL. */
export function allowedSecretReference(value: string): boolean {
  return /^(arn:|\/|https?:\/\/[^?]*$|s3:\/\/|secretsmanager:|ssm:)/.test(value);
}

// A variable, a path, a file name or a word is not a secret.
function isLiteralSecret(value: string): boolean {
  if (value.length < 8 || /[${]|^<.*>$/.test(value) || allowedSecretReference(value)) return false;
  return !/^(true|false|null|none|[a-z_]+\.(?:service|socket|pem|key|crt|env|json))$/i.test(value);
}

/**
 * Whether a text holds at least 32 characters with upper case, lower case, digits and the entropy of random base64.
 * Certificates, public SSH keys and digests are ignored.
 */
function randomToken(text: string): boolean {
  const rest = text
    .replace(/-----BEGIN (?:CERTIFICATE|PUBLIC KEY|CERTIFICATE REQUEST)-----[^-]*-----END [A-Z ]+-----/g, " ")
    .replace(/\b(?:ssh-[a-z0-9]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+/g, " ")
    .replace(/\bsha(?:256|384|512)[-:][A-Za-z0-9+/=]+/g, " ");
  for (const [word] of rest.matchAll(/[A-Za-z0-9+/_-]{32,}/g)) {
    if (/[A-Z]/.test(word) && /[a-z]/.test(word) && /[0-9]/.test(word) && entropy(word) > 4.2) return true;
  }
  return false;
}

/** Shannon entropy, in bits per character. */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / word.length) * Math.log2(count / word.length), 0);
}
