/** Checks of the fields that follow the key type in the encoded key. */
const keyTypes: Record<string, (fields: Buffer[]) => string | undefined> = {
  "ssh-ed25519": (fields) => exactly(fields, 1) ?? bytes(fields[0]!, 32),
  "sk-ssh-ed25519@openssh.com": (fields) => exactly(fields, 2) ?? bytes(fields[0]!, 32),
  "ecdsa-sha2-nistp256": (fields) => exactly(fields, 2) ?? curve(fields, "nistp256", 65),
  "ecdsa-sha2-nistp384": (fields) => exactly(fields, 2) ?? curve(fields, "nistp384", 97),
  "ecdsa-sha2-nistp521": (fields) => exactly(fields, 2) ?? curve(fields, "nistp521", 133),
  "sk-ecdsa-sha2-nistp256@openssh.com": (fields) => exactly(fields, 3) ?? curve(fields, "nistp256", 65),
  "ssh-rsa": (fields) => exactly(fields, 2) ?? modulus(fields[1]!),
};

/** The part of the check that a pattern can express: a key type, base64 and a comment, on one line. */
export const sshKeyPattern = new RegExp(
  `^\\s*(${Object.keys(keyTypes).join("|").replaceAll(".", "\\.")})` +
    "[^\\S\\r\\n]+[A-Za-z0-9+/]+={0,2}([^\\S\\r\\n].*)?\\s*$",
);

const example = "use the one line of a .pub file, such as `ssh-ed25519 AAAA... name@host`";

/**
 * The problem of a public key in OpenSSH's one-line format; undefined for a valid key. It checks the encoded key: a key
 * that was cut by copying would boot machines without a login. The message never contains a private key.
 */
export function sshKeyProblem(text: string): string | undefined {
  if (text.includes("PRIVATE KEY")) return `a private key was given; ${example}`;
  if (/[\r\n]/.test(text.trim())) return `more than one line was given; ${example}`;
  const [type = "", encoded = ""] = text.trim().split(/\s+/);
  const given = JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 37)}...`);
  const judge = Object.hasOwn(keyTypes, type) ? keyTypes[type] : undefined;
  if (judge === undefined) {
    return `${given} does not start with a known key type; use one of ${Object.keys(keyTypes).join(", ")}`;
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return `${given} has no base64 after ${type}; ${example}`;
  const fields = split(Buffer.from(encoded, "base64"));
  if (fields === undefined) return `${given} is cut short; ${example}`;
  const inner = fields.shift()!.toString("latin1");
  if (inner !== type) return `${given} names ${type}, but its key has the type ${JSON.stringify(inner)}; ${example}`;
  const problem = judge(fields);
  return problem === undefined ? undefined : `${given} ${problem}; ${example}`;
}

/** Splits length-prefixed fields; undefined unless they fill the blob exactly. */
function split(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let offset = 0;
  while (offset < blob.length) {
    if (offset + 4 > blob.length) return undefined;
    const end = offset + 4 + blob.readUInt32BE(offset);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(offset + 4, end));
    offset = end;
  }
  return fields.length === 0 ? undefined : fields;
}

function exactly(fields: Buffer[], count: number): string | undefined {
  return fields.length === count ? undefined : `holds ${fields.length} parts, not ${count}`;
}

function bytes(field: Buffer, length: number): string | undefined {
  return field.length === length ? undefined : `holds a key of ${field.length} bytes, not ${length}`;
}

function curve(fields: Buffer[], name: string, pointLength: number): string | undefined {
  const given = fields[0]!.toString("latin1");
  return given === name ? bytes(fields[1]!, pointLength) : `is for the curve ${JSON.stringify(given)}, not ${name}`;
}

function modulus(field: Buffer): string | undefined {
  const digits = field[0] === 0 ? field.subarray(1) : field;
  const bits = digits.length * 8 - (digits.length > 0 ? Math.clz32(digits[0]!) - 24 : 0);
  return bits >= 2048 ? undefined : `is an RSA key of ${bits} bits, fewer than 2048`;
}
