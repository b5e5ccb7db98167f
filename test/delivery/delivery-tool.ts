import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Files and folders of the repository in the image of build agents, from the COPY lines of its Containerfile. */
export function deliveryToolParts(repository: string): string[] {
  const [, image = ""] = readFileSync(join(repository, "delivery/Containerfile"), "utf8").split(
    /FROM \$\{BASE_IMAGE\}\n/,
  );
  return [...image.matchAll(/^COPY (?:--from=packages \/build\/)?(.+) \S+$/gm)].flatMap(([, sources = ""]) =>
    sources.split(" "),
  );
}
