export interface TarEntry {
  /** Path inside the archive, without the leading slash. */
  path: string;
  content: Buffer;
  mode: number;
  uid?: number;
  gid?: number;
}

const block = 512;

/** A ustar archive, the format in which Docker's API takes files. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ content, ...entry }) => [
    header(entry, content.length),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(entry: Omit<TarEntry, "content">, size: number): Buffer {
  if (Buffer.byteLength(entry.path) > 100) throw new Error(`path too long for an upload: ${entry.path}`);
  const out = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    out.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  out.write(entry.path, 0);
  octal(entry.mode, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  out.write("0", 156);
  out.write("ustar\0" + "00", 257, "latin1");
  // The checksum counts its own field as spaces.
  out.write("        ", 148);
  octal(
    out.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return out;
}
