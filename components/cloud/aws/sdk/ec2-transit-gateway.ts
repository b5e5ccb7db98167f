// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { InstanceConnectEndpoint } from "@pulumi/aws/ec2transitgateway/instanceConnectEndpoint.js";
