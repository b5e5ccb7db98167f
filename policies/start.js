// The engine requires this folder with ts-node registered, which would compile TypeScript to CommonJS; a JavaScript
// module is left to Node, and so is what it imports.
import "./index.ts";
