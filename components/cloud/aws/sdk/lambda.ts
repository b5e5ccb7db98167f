// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { Function } from "@pulumi/aws/lambda/function.js";
export { Invocation } from "@pulumi/aws/lambda/invocation.js";
export { Runtime } from "@pulumi/aws/types/enums/lambda/index.js";
