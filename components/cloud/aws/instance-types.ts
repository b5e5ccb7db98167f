import { type Architecture, ec2Architecture } from "../../../ignition/architecture.ts";
import type { MachineSize } from "../cloud.ts";

/** Instance types of an architecture, by size class. */
export const defaultInstanceTypes: Readonly<Record<Architecture, Readonly<Record<MachineSize, string>>>> = {
  x86_64: { small: "t3.small", medium: "m6i.large", large: "r6i.xlarge" },
  aarch64: { small: "t4g.small", medium: "m6g.large", large: "r6g.xlarge" },
};

/** Instance types that cannot boot an image of the architecture. */
export function instanceTypeProblems(
  architecture: Architecture,
  types: Partial<Record<MachineSize, string>>,
): { path: string; message: string }[] {
  return Object.entries(types).flatMap(([size, type]) => {
    const found = ec2Architecture(type);
    if (found === architecture) return [];
    const example = defaultInstanceTypes[architecture][size as MachineSize];
    const remedy = `use a type such as ${example}, or an image of ${found} with architecture ${found}`;
    return [
      {
        path: `instanceTypes.${size}`,
        message: `${JSON.stringify(type)} is of ${found}, not ${architecture}; ${remedy}`,
      },
    ];
  });
}
