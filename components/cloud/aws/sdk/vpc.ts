// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
export { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
