// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { Listener } from "@pulumi/aws/lb/listener.js";
export { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
export { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
export { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment.js";
