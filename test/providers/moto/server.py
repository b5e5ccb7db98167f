"""moto's server, with the parts of AWS that the stacks use and that moto does not have."""

import sys
import uuid

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.ec2.responses import EC2Response
from moto.iam.access_control import PermissionResult
from moto.route53 import models as route53
from moto.s3.models import FakeBucket
from moto.server import main


class Kind:
    """A kind of EC2 resource with only create, describe and delete."""

    def __init__(self, label, plural, key, prefix, error, values):
        self.label, self.plural, self.key, self.prefix, self.error, self.values = label, plural, key, prefix, error, values

    def all(self, response):
        return response.ec2_backend.__dict__.setdefault(f"paasmas_{self.plural}", {})

    def create(self, response):
        identity = f"{self.prefix}-{uuid.uuid4().hex[:17]}"
        specifications = response._get_param("TagSpecifications", [])
        tags = specifications[0].get("Tags", []) if specifications else []
        made = {**self.values(response, identity), "Tags": tags}
        self.all(response)[made[self.key]] = made
        return ActionResult({self.label: made})

    def describe(self, response):
        keys = response._get_param(f"{self.key}s", [])
        ids = response._get_param("GroupIds", [])
        for key in keys:
            if key not in self.all(response):
                raise EC2ClientError(self.error, f"{key} does not exist")
        found = [
            made
            for key, made in self.all(response).items()
            if (not keys or key in keys) and (not ids or made.get("GroupId") in ids)
        ]
        return ActionResult({self.plural: found})

    def delete(self, response):
        made = self.all(response).pop(response._get_param(self.key), None)
        if made is None:
            raise EC2ClientError(self.error, f"{response._get_param(self.key)} does not exist")
        return ActionResult({self.label: made}) if self.label == "InstanceConnectEndpoint" else EmptyResult()


def arn(response, path):
    backend = response.ec2_backend
    return f"arn:aws:ec2:{backend.region_name}:{backend.account_id}:{path}"


def placement_group(response, identity):
    name = response._get_param("GroupName")
    return {
        "GroupName": name,
        "GroupId": identity,
        "Strategy": response._get_param("Strategy"),
        "SpreadLevel": response._get_param("SpreadLevel") or "rack",
        "State": "available",
        "GroupArn": arn(response, f"placement-group/{name}"),
    }


def connect_endpoint(response, identity):
    subnet = response.ec2_backend.get_subnet(response._get_param("SubnetId"))
    return {
        "InstanceConnectEndpointId": identity,
        "InstanceConnectEndpointArn": arn(response, f"instance-connect-endpoint/{identity}"),
        "OwnerId": response.ec2_backend.account_id,
        "State": "create-complete",
        "SubnetId": subnet.id,
        "VpcId": subnet.vpc_id,
        "AvailabilityZone": subnet.availability_zone,
        "DnsName": f"{identity}.example.invalid",
        "FipsDnsName": f"{identity}.fips.example.invalid",
        "NetworkInterfaceIds": [],
        "PreserveClientIp": response._get_param("PreserveClientIp") in (True, "true"),
        "SecurityGroupIds": response._get_param("SecurityGroupIds", []),
    }


for name, kind in {
    "placement_group": Kind(
        "PlacementGroup", "PlacementGroups", "GroupName", "pg", "InvalidPlacementGroup.Unknown", placement_group
    ),
    "instance_connect_endpoint": Kind(
        "InstanceConnectEndpoint",
        "InstanceConnectEndpoints",
        "InstanceConnectEndpointId",
        "eice",
        "InvalidInstanceConnectEndpointId.NotFound",
        connect_endpoint,
    ),
}.items():
    for action in ("create", "delete"):
        setattr(EC2Response, f"{action}_{name}", lambda response, run=getattr(kind, action): run(response))
    setattr(EC2Response, f"describe_{name}s", lambda response, run=kind.describe: run(response))

# moto does not evaluate the conditions of a bucket's policy: one that refuses plain HTTP would refuse everything.
FakeBucket.get_permission = lambda bucket, action, resource: PermissionResult.NEUTRAL

# A rule can name a security group of the other account, over the peering connection.
in_this_account = SecurityGroupBackend.get_security_group_by_name_or_id


def in_any_account(backend, name, vpc_id=None):
    group = in_this_account(backend, name, vpc_id)
    if group is None and str(name).startswith("sg-"):
        for account in list(ec2_backends):
            group = group or ec2_backends[account][backend.region_name].get_security_group_from_id(name)
    return group


SecurityGroupBackend.get_security_group_by_name_or_id = in_any_account

# AWS begins the id of a hosted zone with a Z.
some_zone_id = route53.create_route53_zone_id
route53.create_route53_zone_id = lambda *args, **more: f"Z{some_zone_id(*args, **more)}"

main(sys.argv[1:])
