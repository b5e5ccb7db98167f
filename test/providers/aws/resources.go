package main

import (
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

type fields = map[string]*tfbridge.SchemaInfo

// Names of the resources that the stacks use. They differ from those of the Terraform provider.
var names = map[string]string{
	"aws_cloudwatch_log_group":                           "cloudwatch/logGroup",
	"aws_default_security_group":                         "ec2/defaultSecurityGroup",
	"aws_ebs_volume":                                     "ebs/volume",
	"aws_ec2_instance_connect_endpoint":                  "ec2transitgateway/instanceConnectEndpoint",
	"aws_ecr_lifecycle_policy":                           "ecr/lifecyclePolicy",
	"aws_ecr_registry_scanning_configuration":            "ecr/registryScanningConfiguration",
	"aws_ecr_repository":                                 "ecr/repository",
	"aws_ecr_repository_policy":                          "ecr/repositoryPolicy",
	"aws_eip":                                            "ec2/eip",
	"aws_flow_log":                                       "ec2/flowLog",
	"aws_iam_access_key":                                 "iam/accessKey",
	"aws_iam_instance_profile":                           "iam/instanceProfile",
	"aws_iam_role":                                       "iam/role",
	"aws_iam_role_policy":                                "iam/rolePolicy",
	"aws_iam_role_policy_attachment":                     "iam/rolePolicyAttachment",
	"aws_iam_user":                                       "iam/user",
	"aws_iam_user_policy":                                "iam/userPolicy",
	"aws_instance":                                       "ec2/instance",
	"aws_internet_gateway":                               "ec2/internetGateway",
	"aws_lambda_function":                                "lambda/function",
	"aws_lambda_invocation":                              "lambda/invocation",
	"aws_lb":                                             "lb/loadBalancer",
	"aws_lb_listener":                                    "lb/listener",
	"aws_lb_target_group":                                "lb/targetGroup",
	"aws_lb_target_group_attachment":                     "lb/targetGroupAttachment",
	"aws_nat_gateway":                                    "ec2/natGateway",
	"aws_network_interface":                              "ec2/networkInterface",
	"aws_placement_group":                                "ec2/placementGroup",
	"aws_route":                                          "ec2/route",
	"aws_route53_record":                                 "route53/record",
	"aws_route_table":                                    "ec2/routeTable",
	"aws_route_table_association":                        "ec2/routeTableAssociation",
	"aws_s3_bucket":                                      "s3/bucket",
	"aws_s3_bucket_lifecycle_configuration":              "s3/bucketLifecycleConfiguration",
	"aws_s3_bucket_ownership_controls":                   "s3/bucketOwnershipControls",
	"aws_s3_bucket_policy":                               "s3/bucketPolicy",
	"aws_s3_bucket_public_access_block":                  "s3/bucketPublicAccessBlock",
	"aws_s3_bucket_server_side_encryption_configuration": "s3/bucketServerSideEncryptionConfiguration",
	"aws_s3_bucket_versioning":                           "s3/bucketVersioning",
	"aws_s3_object":                                      "s3/bucketObjectv2",
	"aws_security_group":                                 "ec2/securityGroup",
	"aws_subnet":                                         "ec2/subnet",
	"aws_volume_attachment":                              "ec2/volumeAttachment",
	"aws_vpc":                                            "ec2/vpc",
	"aws_vpc_endpoint":                                   "ec2/vpcEndpoint",
	"aws_vpc_peering_connection":                         "ec2/vpcPeeringConnection",
	"aws_vpc_peering_connection_accepter":                "ec2/vpcPeeringConnectionAccepter",
	"aws_vpc_security_group_egress_rule":                 "vpc/securityGroupEgressRule",
	"aws_vpc_security_group_ingress_rule":                "vpc/securityGroupIngressRule",
}

// resources has the differences between the package and the bridge's defaults, as far as these resources have them. A
// test compares the schema with that of the package.
func resources() map[string]*tfbridge.ResourceInfo {
	all := map[string]*tfbridge.ResourceInfo{}
	for name, short := range names {
		last := short[strings.LastIndex(short, "/")+1:]
		token := "aws:" + short + ":" + strings.ToUpper(last[:1]) + last[1:]
		all[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token), Fields: fields{}}
	}

	document := &tfbridge.SchemaInfo{Transform: tfbridge.TransformJSONDocument}
	for _, name := range []string{
		"aws_ecr_lifecycle_policy", "aws_ecr_repository_policy", "aws_iam_role_policy", "aws_iam_user_policy",
		"aws_s3_bucket", "aws_s3_bucket_policy",
	} {
		all[name].Fields["policy"] = document
	}
	role := all["aws_iam_role"].Fields
	role["name"] = tfbridge.AutoName("name", 64, "-")
	role["assume_role_policy"] = document
	role["inline_policy"] = &tfbridge.SchemaInfo{
		Elem: &tfbridge.SchemaInfo{Fields: fields{"name": tfbridge.AutoName("name", 128, "-")}},
	}

	for _, name := range []string{"aws_default_security_group", "aws_security_group"} {
		all[name].Fields["ingress"] = named("ingress")
		all[name].Fields["egress"] = named("egress")
	}
	all["aws_security_group"].Fields["description"] = &tfbridge.SchemaInfo{
		Default: &tfbridge.DefaultInfo{Value: "Managed by Pulumi"},
	}

	for _, name := range []string{"aws_lb", "aws_lb_target_group"} {
		all[name].Fields["name"] = tfbridge.AutoName("name", 32, "-")
	}
	for _, name := range []string{"aws_ecr_lifecycle_policy", "aws_iam_role_policy_attachment"} {
		all[name].DeleteBeforeReplace = true
	}

	function := all["aws_lambda_function"]
	function.IDFields = []string{"function_name"}
	function.Fields["function_name"] = tfbridge.AutoName("name", 64, "-")
	function.Fields["architectures"] = list("architectures")
	function.Fields["filename"] = &tfbridge.SchemaInfo{
		Name: "code",
		Asset: &tfbridge.AssetTranslation{
			Kind: tfbridge.FileArchive, HashField: "source_code_hash", Format: resource.ZIPArchive,
		},
	}

	record := all["aws_route53_record"].Fields
	record["name"] = named("name")
	record["alias"] = list("aliases")
	for _, kind := range []string{"failover", "geolocation", "latency", "weighted"} {
		record[kind+"_routing_policy"] = list(kind + "RoutingPolicies")
	}

	all["aws_s3_bucket"].Fields["bucket"] = tfbridge.AutoNameTransform("bucket", 63, strings.ToLower)
	object := all["aws_s3_object"]
	object.IDFields = []string{"bucket", "key"}
	object.Fields["key"] = &tfbridge.SchemaInfo{
		Default: &tfbridge.DefaultInfo{From: tfbridge.FromName(tfbridge.AutoNameOptions{})},
	}
	object.Fields["source"] = &tfbridge.SchemaInfo{Asset: &tfbridge.AssetTranslation{Kind: tfbridge.FileAsset}}

	all["aws_cloudwatch_log_group"].IDFields = []string{"name"}
	return all
}

func named(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name}
}

// list keeps a list of at most one item as a list.
func list(name string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Name: name, MaxItemsOne: tfbridge.False()}
}
