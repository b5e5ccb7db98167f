// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { Record } from "@pulumi/aws/route53/record.js";
