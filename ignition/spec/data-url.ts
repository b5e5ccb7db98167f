const token = String.raw`[!#$%&'*+\-.^_\`{|}~0-9A-Za-z]`;
// The syntax of Go's mime package in a quoted parameter.
const quotedEscape = String.raw`\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u(?![dD][89abAB])[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)(?!00[dD][89abAB])[0-9a-fA-F]{4})`;
const quoted = String.raw`"(?:[^"\\\n\x80-\uffff]|${quotedEscape})*"`;
const mediaType = `(?:[xX]-${token}*|(?:text|image|audio|video|application|message|multipart)${token}*)/${token}*`;

/** The part before the contents. `;base64` must be its last parameter. */
const head = new RegExp(`data:(?:${mediaType})?((?:;${token}+=(?:${token}+|${quoted}))*)(;base64)?,`, "y");

const badEscape = /%(?![0-9a-fA-F]{2})/;
const plain = /^(?:[!$&'()*+,\-./:;=?@_~0-9A-Za-z]+|%[0-9a-fA-F]{2})*$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Why a `data:` URL cannot be read, or undefined. The result never includes the contents. */
export function dataUrlProblem(url: string): string | undefined {
  head.lastIndex = 0;
  const found = head.exec(url);
  if (!found || badEscape.test((found[1] ?? "").replace(/"[^"]*"/g, ""))) {
    return 'the data URL does not begin with "data:[type/subtype][;name=value][;base64],"';
  }
  const contents = url.slice(found[0].length);
  if (found[2]) {
    return isBase64(contents) ? undefined : "the contents of the data URL are not base64 with padding";
  }
  if (plain.test(contents)) return undefined;
  return badEscape.test(contents)
    ? "the data URL contains a % without two hexadecimal digits after it"
    : "the data URL contains characters that must be percent-encoded";
}

/** Go ignores surplus bits in the last character, so the decoded bytes may encode to another text. */
function isBase64(text: string): boolean {
  return Buffer.from(text, "base64").toString("base64") === text || (base64.test(text) && text.length % 4 === 0);
}
