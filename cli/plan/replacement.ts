import { isDeepStrictEqual } from "node:util";
import type { SavedResource } from "./saved.ts";

/**
 * Inputs that force the replacement of a resource, from the providers' schemas ("forces new resource"): all inputs
 * except those in `inPlace`, or only those in `replacing`. `rootBlockDevice.encrypted` is one field of an input.
 */
type Rule = { inPlace: readonly string[] } | { replacing: readonly string[] };

const always: Rule = { inPlace: [] };

/** Settings of one bucket. */
const ofBucket: Rule = { replacing: ["bucket", "expectedBucketOwner"] };

/**
 * Rules by type. Kubernetes objects have none: fields deep inside force their replacement, and the plan shows a change
 * in place.
 */
export const rules: Readonly<Record<string, Rule>> = {
  "aws:cloudwatch/logGroup:LogGroup": { replacing: ["logGroupClass", "name", "namePrefix"] },
  "aws:ebs/volume:Volume": { replacing: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "outpostArn"] },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { replacing: ["vpcId"] },
  "aws:ec2/eip:Eip": {
    replacing: ["address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
  },
  "aws:ec2/flowLog:FlowLog": { inPlace: ["tags", "tagsAll"] },
  "aws:ec2/instance:Instance": {
    replacing: [
      "ami",
      "associatePublicIpAddress",
      "availabilityZone",
      "cpuOptions.amdSevSnp",
      "ebsOptimized",
      "enclaveOptions",
      "ephemeralBlockDevices",
      "hibernation",
      "keyName",
      "launchTemplate",
      "networkInterfaces",
      "placementGroup",
      "primaryNetworkInterface",
      "privateIp",
      "rootBlockDevice.encrypted",
      "rootBlockDevice.kmsKeyId",
      "subnetId",
      "tenancy",
    ],
  },
  "aws:ec2/internetGateway:InternetGateway": { replacing: [] },
  "aws:ec2/natGateway:NatGateway": { replacing: ["allocationId", "connectivityType", "privateIp", "subnetId"] },
  "aws:ec2/networkInterface:NetworkInterface": { replacing: ["subnetId", "interfaceType", "privateIpList"] },
  "aws:ec2/placementGroup:PlacementGroup": { inPlace: ["tags", "tagsAll"] },
  "aws:ec2/route:Route": {
    replacing: ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId"],
  },
  "aws:ec2/routeTable:RouteTable": { replacing: ["vpcId"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { replacing: ["subnetId", "gatewayId"] },
  "aws:ec2/securityGroup:SecurityGroup": { replacing: ["description", "name", "namePrefix", "vpcId"] },
  "aws:ec2/subnet:Subnet": { replacing: ["availabilityZone", "cidrBlock", "vpcId"] },
  "aws:ec2/volumeAttachment:VolumeAttachment": { replacing: ["deviceName", "instanceId", "volumeId"] },
  "aws:ec2/vpc:Vpc": { replacing: ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { replacing: ["serviceName", "vpcEndpointType", "vpcId"] },
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": {
    replacing: ["peerOwnerId", "peerRegion", "peerVpcId", "vpcId"],
  },
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": { replacing: ["vpcPeeringConnectionId"] },
  "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint": {
    inPlace: ["tags", "tagsAll"],
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": always,
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": { replacing: [] },
  "aws:ecr/repository:Repository": { replacing: ["encryptionConfigurations", "name"] },
  "aws:ecr/repositoryPolicy:RepositoryPolicy": { replacing: ["repository"] },
  "aws:iam/accessKey:AccessKey": { replacing: ["pgpKey", "user"] },
  "aws:iam/instanceProfile:InstanceProfile": { replacing: ["name", "namePrefix", "path"] },
  "aws:iam/role:Role": { replacing: ["name", "namePrefix", "path"] },
  "aws:iam/rolePolicy:RolePolicy": { replacing: ["name", "namePrefix", "role"] },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": always,
  "aws:iam/user:User": { replacing: [] },
  "aws:iam/userPolicy:UserPolicy": { replacing: ["name", "namePrefix", "user"] },
  "aws:lambda/function:Function": { replacing: ["name", "packageType"] },
  "aws:lambda/invocation:Invocation": { replacing: ["functionName", "input", "qualifier", "triggers"] },
  "aws:lb/listener:Listener": { replacing: ["loadBalancerArn"] },
  "aws:lb/loadBalancer:LoadBalancer": {
    replacing: ["internal", "loadBalancerType", "name", "namePrefix", "subnetMappings"],
  },
  "aws:lb/targetGroup:TargetGroup": { replacing: ["name", "namePrefix", "port", "protocol", "targetType", "vpcId"] },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": always,
  "aws:route53/record:Record": { replacing: ["name", "type", "zoneId"] },
  "aws:s3/bucket:Bucket": { replacing: ["bucket", "bucketPrefix", "objectLockEnabled"] },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": { replacing: ["bucket", "key"] },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket,
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket,
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { replacing: ["securityGroupId"] },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { replacing: ["securityGroupId"] },
  "command:local:Command": { replacing: ["triggers"] },
  "command:remote:Command": { replacing: ["connection", "triggers"] },
  "docker:index/container:Container": {
    inPlace: [
      "cpuShares",
      "cpus",
      "cpuSet",
      "destroyGraceSeconds",
      "maxRetryCount",
      "memory",
      "memorySwap",
      "mustRun",
      "removeVolumes",
      "restart",
      "start",
      "wait",
      "waitTimeout",
    ],
  },
  "docker:index/network:Network": always,
  "docker:index/remoteImage:RemoteImage": { inPlace: ["forceRemove", "keepLocally"] },
  "docker:index/volume:Volume": always,
  "github:index/repositoryRuleset:RepositoryRuleset": { replacing: ["repository"] },
  "github:index/repositoryWebhook:RepositoryWebhook": { replacing: ["repository"] },
  "openstack:blockstorage/volume:Volume": {
    inPlace: ["description", "enableOnlineResize", "metadata", "name", "size", "volumeRetypePolicy"],
  },
  "openstack:compute/instance:Instance": {
    inPlace: [
      "adminPass",
      "flavorId",
      "flavorName",
      "forceDelete",
      "metadata",
      "name",
      "powerState",
      "securityGroups",
      "stopBeforeDestroy",
      "tags",
    ],
  },
  "openstack:compute/serverGroup:ServerGroup": always,
  "openstack:compute/volumeAttach:VolumeAttach": always,
  "openstack:dns/recordSet:RecordSet": { inPlace: ["description", "disableStatusCheck", "records", "ttl"] },
  "openstack:identity/ec2CredentialV3:Ec2CredentialV3": always,
  "openstack:loadbalancer/listener:Listener": { replacing: ["loadbalancerId", "protocol", "protocolPort", "tenantId"] },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": {
    inPlace: ["adminStateUp", "description", "name", "securityGroupIds", "tags"],
  },
  "openstack:loadbalancer/member:Member": { replacing: ["address", "poolId", "protocolPort", "subnetId"] },
  "openstack:loadbalancer/monitor:Monitor": { replacing: ["poolId", "type"] },
  "openstack:loadbalancer/pool:Pool": { replacing: ["listenerId", "loadbalancerId", "protocol"] },
  "openstack:networking/network:Network": {
    replacing: ["external", "providerNetworkId", "segments", "transparentVlan"],
  },
  "openstack:networking/port:Port": { replacing: ["macAddress", "networkId"] },
  "openstack:networking/router:Router": { replacing: ["availabilityZoneHints", "tenantId", "vendorOptions"] },
  "openstack:networking/routerInterface:RouterInterface": always,
  "openstack:networking/secGroup:SecGroup": { replacing: ["deleteDefaultRules", "tenantId"] },
  "openstack:networking/secGroupRule:SecGroupRule": always,
  "openstack:networking/subnet:Subnet": { replacing: ["cidr", "ipVersion", "networkId", "subnetpoolId"] },
  "openstack:objectstorage/container:Container": { replacing: ["name", "storagePolicy"] },
  "openstack:objectstorage/containerObject:ContainerObject": { replacing: ["containerName", "name"] },
  "openstack:objectstorage/tempUrl:TempUrl": always,
  "random:index/randomBytes:RandomBytes": always,
  "random:index/randomId:RandomId": always,
  "random:index/randomPassword:RandomPassword": always,
  "tls:index/certRequest:CertRequest": always,
  "tls:index/locallySignedCert:LocallySignedCert": { inPlace: ["earlyRenewalHours"] },
  "tls:index/privateKey:PrivateKey": always,
  "tls:index/selfSignedCert:SelfSignedCert": { inPlace: ["earlyRenewalHours"] },
};

/**
 * Inputs with which the provider stops and starts the same machine. The gate of the machine must have them among its
 * triggers. Docker changes limits without a restart.
 */
export const restarting: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/instance:Instance": ["cpuOptions", "instanceType", "userData", "userDataBase64"],
  "docker:index/container:Container": [],
  "openstack:compute/instance:Instance": ["flavorId", "flavorName", "powerState"],
};

/** True if a change of the inputs in place restarts the resource. */
export function restarts(type: string, changed: readonly string[]): boolean {
  return changed.some((input) => restarting[type]?.includes(input));
}

/**
 * The changed inputs that make the provider replace the resource.
 * @param was Inputs before the change. Without them, every field of a changed input counts as changed.
 */
export function replacingInputs(
  resource: SavedResource,
  changed: readonly string[],
  was?: Readonly<Record<string, unknown>>,
): string[] {
  return changed.filter((input) => replaces(resource, input, was));
}

function replaces(resource: SavedResource, input: string, was?: Readonly<Record<string, unknown>>): boolean {
  // replaceOnChanges holds paths: `userData`, `tags.Role`, `*`.
  if (resource.replaceOnChanges.some((path) => path === "*" || path.split(/[.[]/)[0] === input)) return true;
  if (input === "userData" || input === "userDataBase64") {
    if (resource.type === "aws:ec2/instance:Instance") return resource.inputs.userDataReplaceOnChange === true;
  }
  const rule = rules[resource.type];
  if (rule === undefined) return false;
  if ("inPlace" in rule) return !rule.inPlace.includes(input);
  return rule.replacing.some((path) => {
    const [name, field] = path.split(".");
    if (name !== input) return false;
    if (field === undefined || was === undefined) return true;
    return !isDeepStrictEqual(fieldOf(was[input], field), fieldOf(resource.inputs[input], field));
  });
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
