import { readFile } from "node:fs/promises";
import { fetchStream, imagesToPin, stableStream } from "../../components/cloud/images.ts";
import { type ExitCode, InputError } from "../../errors.ts";
import type { Architecture } from "../../ignition/architecture.ts";

export interface ImagesOptions {
  region: string;
  arch: string;
  stream?: string;
}

/** `paasmas images`: prints the images to pin. Needs the network, unless `--stream` is a file. */
export async function images(options: ImagesOptions): Promise<ExitCode> {
  const { region, arch, stream = stableStream } = options;
  const found = await metadata(stream);
  try {
    process.stdout.write(imagesToPin(found, region, arch as Architecture));
  } catch (error) {
    throw new InputError(`${stream}: ${(error as Error).message}`);
  }
  return 0;
}

async function metadata(stream: string): Promise<unknown> {
  try {
    return /^https?:/.test(stream) ? await fetchStream(stream) : JSON.parse(await readFile(stream, "utf8"));
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
    throw new InputError(`${stream}: ${why}; use --stream with a file or URL of CoreOS stream metadata`);
  }
}
