/** Processor architecture, with the names of Fedora CoreOS. */
export type Architecture = "x86_64" | "aarch64";

/**
 * Architecture of an EC2 instance type. The letter `g` after the generation means a Graviton processor; only A1 is
 * older than this rule.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function ec2Architecture(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+g[a-z0-9-]*)\./.test(instanceType) ? "aarch64" : "x86_64";
}
