// The engine loads this folder with ts-node, which compiles TypeScript to CommonJS. This JavaScript file and its
// imports are loaded by Node instead.
if (process.features.typescript) {
  import("./index.ts");
} else {
  console.error(
    `paasmas policies: ${process.version} cannot run TypeScript; put Node 22.18 or later first on the PATH`,
  );
  process.exit(1);
}
