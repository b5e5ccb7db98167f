import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pages } from "./docs/pages.ts";

// Updates the generated parts of the pages below docs: npm run docs
const root = resolve(import.meta.dirname, "..");
for (const { path, text, fresh } of await pages(root)) {
  if (fresh === text) continue;
  writeFileSync(join(root, path), fresh);
  process.stdout.write(`${path} updated\n`);
}
