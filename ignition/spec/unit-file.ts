import { shown } from "./report.ts";

/** What can be told about a unit file without systemd. */
export interface UnitFile {
  /** Names of the sections that contain at least one option. */
  sections: Set<string>;
  /** Why the file cannot be read, if so. */
  problem?: string;
}

/** Longest line systemd is sure to read, bytes. */
const lineLimit = 2048;
/** Ignition's parser reads the file in pieces of this size, which decides where it notices a line that is too long. */
const bufferSize = 4096;

/** White space as Go's `unicode.IsSpace` has it, on the bytes of UTF-8 written as Latin-1. */
const space = String.raw`[\t\n\v\f\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80`;
const spaceHere = new RegExp(space, "y");
const onlySpace = new RegExp(`^(?:${space})*$`);

const parsed = new Map<string, UnitFile>();
const parsedLimit = 512;

/** Reads a unit file the way Ignition does. Machines of one role carry the same units: what was read is remembered. */
export function parseUnitFile(text: string): UnitFile {
  const known = parsed.get(text);
  if (known) return known;
  if (parsed.size >= parsedLimit) parsed.clear();
  const result = new Parser(text).parse();
  parsed.set(text, result);
  return result;
}

/** Bytes, one a character, as the text they are. */
function asText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

class Parser {
  /** The bytes of the text, one a character. */
  readonly text: string;
  /** Sections that an option was found in. */
  readonly sections = new Set<string>();
  /** The section that is being read; undefined before the first. */
  section: string | undefined;
  /** Where reading goes on. */
  at = 0;
  /** How far the buffer reaches. */
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

  /** Reads a section head, a comment, an option, or one character of what lies between; answers with what is wrong. */
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
      : `${shown(asText(rest))} follows the section head [${asText(this.section)}]; nothing may`;
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

  /** Ignition looks for a line end in the next 2048 bytes, when that many are in its buffer. */
  private lineTooLong(): string | undefined {
    if (this.buffered - this.at < lineLimit) return undefined;
    const ahead = this.text.slice(this.at, this.at + lineLimit);
    return /[\r\n]/.test(ahead) ? undefined : `a line is longer than ${lineLimit} bytes; systemd reads no longer ones`;
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

  /** The text up to and including the delimiter, or to the end; a full buffer is set aside, as Go's `bufio` does. */
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
