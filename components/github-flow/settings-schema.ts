import { bounds } from "../internal/bounds.ts";
import { flag, whole } from "../internal/settings-schema.ts";

export const githubFlowDefaults = { approvals: 1, codeOwners: false };

/** Arguments that are also settings of a stack. */
export const githubFlowArguments = {
  approvals: whole(bounds.githubFlow.approvals)
    .meta({
      description:
        "Approving reviews that a pull request needs. The last push needs the approval of another user. " +
        "Each later push needs a new approval.",
      default: githubFlowDefaults.approvals,
    })
    .optional(),
  codeOwners: flag()
    .meta({
      description: "Whether the owners of the changed code, listed in the file `CODEOWNERS`, must approve.",
      default: githubFlowDefaults.codeOwners,
    })
    .optional(),
};
