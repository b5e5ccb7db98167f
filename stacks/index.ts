import * as pulumi from "@pulumi/pulumi";
import { compose } from "./compose.ts";
import { missingSettings, parseEnvironment } from "./environment.ts";

// The program that `pulumi up` runs. Problems with the config are RunErrors: the engine prints them as they are,
// without a stack trace, and fails the update.
const environment = parseEnvironment(pulumi.getStack(), pulumi.runtime.allConfig());
const left = missingSettings(environment).map(({ key, why, command }) => `  ${key}: ${why}\n    ${command}`);
if (left.length > 0) {
  const message = `Left to configure before stack ${environment.stack} can be brought up:\n${left.join("\n")}`;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  void pulumi.log.warn(message);
}

/** The stack's outputs: those of what it has, and no others. */
export default await compose(environment);
