import type { EngineEvent, OpType } from "@pulumi/pulumi/automation/index.js";

/** A step of the engine for one resource, done or previewed. */
export interface Step {
  op: OpType;
  name: string;
  /** Type token, such as `docker:index/container:Container`. */
  type: string;
  /** Inputs that differ. */
  diffs: readonly string[];
}

/** Steps without a change. */
const idle: readonly OpType[] = ["same", "read", "refresh"];

/** Collects the steps of one operation from the engine's events, in the order of their end. */
export class Steps {
  readonly all: Step[] = [];
  /** Violations of mandatory policies. */
  readonly violations: { policy: string; resource: string; message: string }[] = [];

  readonly onEvent = ({ resOutputsEvent, policyEvent }: EngineEvent): void => {
    if (resOutputsEvent !== undefined) {
      const { op, urn, type, diffs, detailedDiff } = resOutputsEvent.metadata;
      const paths = Object.keys(detailedDiff ?? {});
      this.all.push({ op, name: nameOf(urn), type, diffs: paths.length > 0 ? paths : (diffs ?? []) });
    }
    if (policyEvent?.enforcementLevel === "mandatory") {
      this.violations.push({
        policy: policyEvent.policyName,
        resource: nameOf(policyEvent.resourceUrn ?? ""),
        message: policyEvent.message,
      });
    }
  };

  /** All changes, such as `update etcd-0-node (memory)`. Empty if the stack agrees with its program. */
  get changes(): string[] {
    return this.all
      .filter(({ op }) => !idle.includes(op))
      .map(({ op, name, diffs }) => `${op} ${name}${diffs.length > 0 ? ` (${diffs.join(", ")})` : ""}`);
  }

  /** Deletions and creations in order, such as `delete galera-0-node`, `create galera-0-node`. Without components. */
  get order(): string[] {
    const verbs: Partial<Record<OpType, string>> = {
      create: "create",
      "create-replacement": "create",
      update: "update",
      delete: "delete",
      "delete-replaced": "delete",
    };
    return this.all.flatMap(({ op, name, type }) =>
      verbs[op] === undefined || type.startsWith("paasmas:") || type === "pulumi:pulumi:Stack"
        ? []
        : [`${verbs[op]} ${name}`],
    );
  }

  /** Number of steps with this operation. */
  count(op: OpType): number {
    return this.all.filter((step) => step.op === op).length;
  }
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
