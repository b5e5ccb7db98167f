#!/usr/bin/env node
// Old versions of Node must be able to parse this file, to print the message: no static imports, no new syntax.
if (process.features.typescript) {
  import("./start.js");
} else {
  console.error(
    "paasmas: Node " +
      process.versions.node +
      " is too old; use Node 22.19 or later, or npm run plan, which brings its own",
  );
  process.exitCode = 2;
}
