import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { withImages } from "./images.ts";
import { anyCloud, childrenTable, plannedBy, realizationTable } from "./planned.ts";
import { settingsTables } from "./settings.ts";
import { classMembers, type Described, interfaceMembers } from "./source.ts";
import { argumentTable, outputTable } from "./tables.ts";

/** A page with its current and its generated text. */
export interface Page {
  /** Path below the root of the repository. */
  path: string;
  text: string;
  fresh: string;
}

const block = /(<!-- generated: (.+?) -->\n)[\s\S]*?(\n<!-- end of generated -->)/g;

/**
 * Generates the blocks of all pages below `docs`. A block is between `<!-- generated: ... -->` and
 * `<!-- end of generated -->`; the other text of a page is written by hand.
 * @throws Error with the page and the block that cannot be generated
 */
export async function pages(root: string): Promise<Page[]> {
  const folder = join(root, "docs");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
  const found: Page[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    found.push({ path: relative(root, path), text, fresh: await refreshed(text, path, root) });
  }
  return found;
}

async function refreshed(text: string, page: string, root: string): Promise<string> {
  const made: string[] = [];
  for (const [, , command = ""] of text.matchAll(block)) {
    try {
      made.push(await generated(command.split(" "), page, root));
    } catch (error) {
      throw new Error(`${relative(root, page)}: ${command}: ${(error as Error).message}`, { cause: error });
    }
  }
  return text.replace(
    block,
    (_, start: string, _command: string, end: string) => start + withImages(made.shift()!) + end,
  );
}

async function generated([kind, ...words]: string[], page: string, root: string): Promise<string> {
  const [first = "", second = ""] = words;
  const beside = (name: string) => join(page, "..", name);
  switch (kind) {
    case "arguments":
      return argumentTable(interfaceMembers(join(root, second), first));
    case "outputs":
      return outputTable(classMembers(join(root, second), first).filter(({ text }) => text !== ""));
    case "interface":
      return outputTable(interfaceMembers(join(root, second), first).map(withDefault));
    case "example":
      return `\`\`\`ts\n${readFileSync(beside(first), "utf8")}\`\`\``;
    case "children":
      return childrenTable(await plannedBy(beside(first), anyCloud), second);
    case "realization":
      return realizationTable(await plannedBy(beside(first), anyCloud));
    case "settings":
      return settingsTables(root);
    default:
      throw new Error("is not a kind of block");
  }
}

function withDefault(member: Described): Described {
  return member.default === undefined ? member : { ...member, text: `${member.text} Default: ${member.default}.` };
}
