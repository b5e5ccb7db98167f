import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const loadBalancerDefaults = { size: 2 };

/** Arguments that are also settings of a stack. */
export const loadBalancerArguments = {
  size: whole(bounds.loadBalancer.size)
    .meta({
      description:
        "Number of HAProxy machines: 1 or 2. With one machine, its loss is an outage: the stack prod refuses 1. " +
        "Two machines agree on the node for writes.",
      default: loadBalancerDefaults.size,
    })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machines.", default: "`small`" })
    .optional(),
};
