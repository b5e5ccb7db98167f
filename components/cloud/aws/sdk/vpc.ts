// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
export { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
