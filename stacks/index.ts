import * as pulumi from "@pulumi/pulumi";
import { compose } from "./compose.ts";
import { missingSettings, parseEnvironment } from "./environment.ts";

// The program of `pulumi up`. Errors in the config are RunErrors: the engine prints them without a stack trace.
const environment = parseEnvironment(pulumi.getStack(), pulumi.runtime.allConfig());
const left = missingSettings(environment).map(({ key, why, command }) => `  ${key}: ${why}\n    ${command}`);
if (left.length > 0) {
  const message = `Stack ${environment.stack} needs these settings before \`up\`:\n${left.join("\n")}`;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  void pulumi.log.warn(message);
}

/** Outputs of the resources that the stack has. */
export default await compose(environment);
