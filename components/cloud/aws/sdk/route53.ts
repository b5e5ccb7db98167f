// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { Record } from "@pulumi/aws/route53/record.js";
