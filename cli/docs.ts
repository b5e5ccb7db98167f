import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stackFileSchema } from "./docs/json-schema.ts";
import { pages } from "./docs/pages.ts";

// Updates the generated parts of the pages in docs/, and the JSON Schema of the stack files: npm run docs
const root = resolve(import.meta.dirname, "..");
const schema = "stacks/paasmas.schema.json";
const schemaFile = { path: schema, text: readFileSync(join(root, schema), "utf8"), fresh: stackFileSchema(root) };
for (const { path, text, fresh } of [...(await pages(root)), schemaFile]) {
  if (fresh === text) continue;
  writeFileSync(join(root, path), fresh);
  process.stdout.write(`${path} updated\n`);
}
