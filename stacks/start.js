// The program of the engine. In JavaScript, so that an old Node can print the message.
if (!process.features.typescript) {
  const message = `Node ${process.versions.node} is too old for this program; use Node 22.19 or later, or npm run up`;
  // The property of pulumi.RunError: the engine prints the message without a stack trace.
  throw Object.assign(new Error(message), { __pulumiRunError: true });
}

/** Outputs of the stack. */
export default (await import("./index.ts")).default;
