// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { Function } from "@pulumi/aws/lambda/function.js";
export { Invocation } from "@pulumi/aws/lambda/invocation.js";
export { Runtime } from "@pulumi/aws/types/enums/lambda/index.js";
