// The engine requires this folder with ts-node registered, which would compile TypeScript to CommonJS; a JavaScript
// module is left to Node, and so is what it imports.
if (process.features.typescript) {
  import("./index.ts");
} else {
  console.error(
    `The policy pack needs Node 22.18 or later first on the PATH, which reads TypeScript itself; this is ${process.version}.`,
  );
  process.exit(1);
}
