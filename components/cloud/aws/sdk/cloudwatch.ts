// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
