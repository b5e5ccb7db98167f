/**
 * The page with the content of one measured block replaced. A block stands between `<!-- measured: NAME -->` and
 * `<!-- end of measured -->`. `npm run docs` leaves such blocks alone: only a measurement changes them.
 * @throws Error if the page has no block of this name.
 */
export function withMeasured(page: string, name: string, content: string): string {
  const start = `<!-- measured: ${name} -->\n`;
  const end = "\n<!-- end of measured -->";
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page has no block "measured: ${name}"; add ${start.trim()} and an end`);
  return page.slice(0, from + start.length) + content + page.slice(to);
}

/** The names of the measured blocks of a page, in their order. */
export function measuredBlocks(page: string): string[] {
  return [...page.matchAll(/<!-- measured: (\S+) -->\n[\s\S]*?\n<!-- end of measured -->/g)].map(([, name]) => name!);
}
