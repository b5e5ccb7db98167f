import type { EngineEvent, OpType } from "@pulumi/pulumi/automation/index.js";

/** What the engine did, or in a preview would do, to one resource. */
export interface Step {
  op: OpType;
  name: string;
  /** `docker:index/container:Container` */
  type: string;
  /** Inputs that differ. */
  diffs: readonly string[];
}

/** Leaves everything as it is. */
const idle: readonly OpType[] = ["same", "read", "refresh"];

/** Collects the steps of one operation from the engine's events, in the order in which they ended. */
export class Steps {
  readonly all: Step[] = [];
  /** Messages of the mandatory policies that are violated, by policy. */
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

  /** Everything that is not left as it is, `update etcd-0-node (memory)`; empty when a stack is as its program says. */
  get changes(): string[] {
    return this.all
      .filter(({ op }) => !idle.includes(op))
      .map(({ op, name, diffs }) => `${op} ${name}${diffs.length > 0 ? ` (${diffs.join(", ")})` : ""}`);
  }

  /** What was really deleted and made, in order: `delete galera-0-node`, `create galera-0-node`. Without components. */
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

  /** How many there are of each. */
  count(op: OpType): number {
    return this.all.filter((step) => step.op === op).length;
  }
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
