import { shown } from "./report.ts";

/** Result of parsing a unit file. */
export interface UnitFile {
  /** Names of the sections that contain at least one option. */
  sections: Set<string>;
  /** Why the file cannot be read. Absent: it can. */
  problem?: string;
}

/** Longest line that every systemd reads, in bytes. */
const lineLimit = 2048;
/** Buffer size of Ignition's parser. It decides where the parser notices a line that is too long. */
const bufferSize = 4096;

/** White space of Go's `unicode.IsSpace`, for UTF-8 bytes read as Latin-1. */
const space = String.raw`[\t\n\v\f\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80`;
const spaceHere = new RegExp(space, "y");
const onlySpace = new RegExp(`^(?:${space})*$`);

const parsed = new Map<string, UnitFile>();
const parsedLimit = 512;

/** Parses a unit file as Ignition does. Results are cached: machines of a role have the same units. */
export function parseUnitFile(text: string): UnitFile {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= parsedLimit) parsed.clear();
  const result = new Parser(text).parse();
  parsed.set(text, result);
  return result;
}

/** Decodes a string with one byte per character as UTF-8. */
function asText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

class Parser {
  /** The text, with one byte per character. */
  readonly text: string;
  /** Sections with at least one option. */
  readonly sections = new Set<string>();
  /** Current section. Undefined before the first one. */
  section: string | undefined;
  /** Read position. */
  at = 0;
  /** End of the buffer. */
  buffered = 0;

  constructor(text: string) {
    this.text = Buffer.from(text, "utf8").toString("latin1");
  }

  parse(): UnitFile {
    while (this.at < this.text.length) {
      const problem = this.lineTooLong() ?? this.next();
      if (problem !== undefined) return { sections: new Set(), problem };
    }
    return { sections: this.sections };
  }

  /** Reads a section head, a comment, an option, or one other character. Returns a problem, if any. */
  private next(): string | undefined {
    const first = this.peek();
    if (first === "[") return this.sectionHead();
    if (first === "#" || first === ";") return this.comment();
    if (this.section !== undefined) return this.skipSpace() ? undefined : this.option(this.section);
    this.at++;
    return undefined;
  }

  private sectionHead(): string | undefined {
    this.at++;
    const tooLong = this.lineTooLong();
    if (tooLong) return tooLong;
    const name = this.readThrough("]");
    if (!name.endsWith("]")) return 'a section head is not closed; write "[Section]"';
    const restTooLong = this.lineTooLong();
    if (restTooLong) return restTooLong;
    this.section = name.slice(0, -1);
    const rest = this.line();
    return onlySpace.test(rest)
      ? undefined
      : `${shown(asText(rest))} follows the section head [${asText(this.section)}]; start a new line after it`;
  }

  private comment(): string | undefined {
    this.at++;
    const tooLong = this.lineTooLong();
    if (tooLong) return tooLong;
    while (/\\ ?$/.test(this.line()) && this.at < this.text.length);
    return undefined;
  }

  private option(section: string): string | undefined {
    const tooLong = this.lineTooLong();
    if (tooLong) return tooLong;
    const name = /[^=\n\r]*/y;
    name.lastIndex = this.at;
    const key = name.exec(this.text)?.[0] ?? "";
    const end = this.at + key.length;
    if (this.text[end] !== "=")
      return `${shown(asText(key))} is not an option; write "Name=value", a comment, or a section head`;
    this.moveTo(end + 1);
    let line: string;
    do {
      const valueTooLong = this.lineTooLong();
      if (valueTooLong) return valueTooLong;
      line = this.line();
    } while (line.endsWith("\\"));
    this.sections.add(section);
    return undefined;
  }

  /** Ignition looks for a line end in the next 2048 bytes, if its buffer has that many. */
  private lineTooLong(): string | undefined {
    if (this.buffered - this.at < lineLimit) return undefined;
    const ahead = this.text.slice(this.at, this.at + lineLimit);
    return /[\r\n]/.test(ahead)
      ? undefined
      : `a line is longer than ${lineLimit} bytes; systemd does not read longer lines`;
  }

  private peek(): string | undefined {
    if (this.at >= this.buffered) this.buffered = Math.min(this.text.length, this.at + bufferSize);
    return this.text[this.at];
  }

  private skipSpace(): boolean {
    spaceHere.lastIndex = this.at;
    const found = spaceHere.exec(this.text);
    if (found) this.moveTo(this.at + found[0].length);
    return found !== null;
  }

  private moveTo(end: number): void {
    while (this.buffered < end) this.buffered = Math.min(this.text.length, this.buffered + bufferSize);
    this.at = end;
  }

  /** The rest of the line, without its end. */
  private line(): string {
    return this.readThrough("\n").replace(/\r$/, "").replace(/\n$/, "");
  }

  /** The text up to and including the delimiter, or to the end. A full buffer is flushed, as in Go's `bufio`. */
  private readThrough(delimiter: string): string {
    const start = this.at;
    const found = this.text.indexOf(delimiter, start);
    const end = found < 0 ? this.text.length : found + 1;
    while (this.buffered < end) {
      if (this.buffered - this.at >= bufferSize) this.at = this.buffered;
      this.buffered = Math.min(this.text.length, this.at + bufferSize);
    }
    this.at = end;
    return this.text.slice(start, end);
  }
}
