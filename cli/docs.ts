import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { filesWithComments } from "./docs/argument-comments.ts";
import { stackFileSchema } from "./docs/json-schema.ts";
import { type Page, pages } from "./docs/pages.ts";

// npm run docs updates the doc comments of arguments, the generated parts of the pages in docs/, and the JSON Schema
// of the stack files.
const root = resolve(import.meta.dirname, "..");
const schema = "stacks/paasmas.schema.json";
update(filesWithComments(root));
// The pages contain the doc comments of the arguments.
update(await pages(root));
update([{ path: schema, text: readFileSync(join(root, schema), "utf8"), fresh: stackFileSchema(root) }]);

function update(files: readonly Page[]): void {
  for (const { path, text, fresh } of files) {
    if (fresh === text) continue;
    writeFileSync(join(root, path), fresh);
    process.stdout.write(`${path} updated\n`);
  }
}
