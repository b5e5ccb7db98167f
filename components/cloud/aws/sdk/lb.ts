// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { Listener } from "@pulumi/aws/lb/listener.js";
export { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
export { TargetGroup } from "@pulumi/aws/lb/targetGroup.js";
export { TargetGroupAttachment } from "@pulumi/aws/lb/targetGroupAttachment.js";
