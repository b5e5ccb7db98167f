import { bounds } from "../internal/bounds.ts";
import { whole } from "../internal/settings-schema.ts";

export const paasDefaults = { timeoutSeconds: 1800 };

/** Arguments that are also settings of a stack. */
export const paasArguments = {
  timeoutSeconds: whole(bounds.paas.timeoutSeconds)
    .meta({
      description:
        "Time limit for an installation or an upgrade, in seconds. Helm rolls back an installation or " +
        "upgrade that takes longer.",
      default: paasDefaults.timeoutSeconds,
    })
    .optional(),
};
