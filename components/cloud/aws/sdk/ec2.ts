// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
export { Eip } from "@pulumi/aws/ec2/eip.js";
export { FlowLog } from "@pulumi/aws/ec2/flowLog.js";
export { Instance } from "@pulumi/aws/ec2/instance.js";
export { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
export { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
export { NetworkInterface } from "@pulumi/aws/ec2/networkInterface.js";
export { PlacementGroup } from "@pulumi/aws/ec2/placementGroup.js";
export { PlacementStrategy } from "@pulumi/aws/types/enums/ec2/index.js";
export { Route } from "@pulumi/aws/ec2/route.js";
export { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
export { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
export { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
export { Subnet } from "@pulumi/aws/ec2/subnet.js";
export { VolumeAttachment } from "@pulumi/aws/ec2/volumeAttachment.js";
export { Vpc } from "@pulumi/aws/ec2/vpc.js";
export { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
