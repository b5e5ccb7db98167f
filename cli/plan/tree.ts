import { byNumber, shortType } from "./names.ts";

/** The part of a planned resource that the tree reads. */
export interface TreeResource {
  urn: string;
  type: string;
  name: string;
  parent?: string;
  custom: boolean;
}

/** Components of one type and one parent, as one branch: the machines of a cluster have the same children. */
export interface Branch {
  type: string;
  /** Sorted names of the components. */
  names: string[];
  /** Number of resources in all of them, including the components. */
  count: number;
  /** Their direct resources, by type. */
  leaves: { type: string; names: string[] }[];
  branches: Branch[];
}

/** The tree of components and resources below the stack. */
export function treeOf(resources: readonly TreeResource[]): Branch {
  const children = Map.groupBy(resources, (resource) => resource.parent);
  const isBranch = (resource: TreeResource) => !resource.custom || children.has(resource.urn);
  const grow = (type: string, members: readonly TreeResource[]): Branch => {
    const below = members.flatMap((member) => children.get(member.urn) ?? []);
    const branches = grouped(below.filter(isBranch)).map(([branchType, group]) => grow(branchType, group));
    const leaves = grouped(below.filter((resource) => !isBranch(resource)));
    return {
      type,
      names: namesOf(members),
      count:
        members.length +
        below.filter((r) => !isBranch(r)).length +
        branches.reduce((sum, branch) => sum + branch.count, 0),
      leaves: leaves.map(([leafType, group]) => ({ type: leafType, names: namesOf(group) })),
      branches: branches.toSorted((a, b) => b.count - a.count || byNumber(a.names[0] ?? "", b.names[0] ?? "")),
    };
  };
  const roots = resources.filter((resource) => resource.parent === undefined);
  return grow("pulumi:pulumi:Stack", roots);
}

/** Groups resources by type. Components stay separate, except the parts of a cloud. */
function grouped(resources: readonly TreeResource[]): [string, TreeResource[]][] {
  const groups = Map.groupBy(resources, (r) =>
    r.custom || r.type.startsWith("paasmas:cloud:") ? r.type : `${r.type} ${r.name}`,
  );
  return [...groups.values()]
    .map((group): [string, TreeResource[]] => [group[0]?.type ?? "", group])
    .sort((a, b) => b[1].length - a[1].length || byNumber(shortType(a[0]), shortType(b[0])));
}

function namesOf(resources: readonly TreeResource[]): string[] {
  return resources.map((resource) => resource.name).sort(byNumber);
}
