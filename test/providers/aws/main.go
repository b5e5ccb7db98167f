// The provider of @pulumi/aws: the Terraform provider that it is made from, behind the same bridge. It has only the
// services that cut.ts keeps, and the resources of the table in resources.go.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-provider-aws/internal"
	"github.com/hashicorp/terraform-provider-aws/internal/provider/framework"
	"github.com/hashicorp/terraform-provider-aws/internal/provider/sdkv2"
	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	pftfgen "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfgen"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// The version is set by the linker: that of the package.
var version string

func provider(ctx context.Context, metadata []byte) tfbridge.ProviderInfo {
	internal.RegisterSmarterrFS()
	primary, err := sdkv2.NewProvider(ctx)
	check(err)
	// Newer resources are written with the second framework of Terraform.
	second, err := framework.NewProvider(ctx, primary)
	check(err)
	info := tfbridge.ProviderInfo{
		P:                              pf.MuxShimWithPF(ctx, shimv2.NewProvider(primary), second),
		Name:                           "aws",
		DisplayName:                    "AWS",
		ResourcePrefix:                 "aws",
		GitHubOrg:                      "hashicorp",
		Version:                        version,
		Resources:                      resources(),
		MetadataInfo:                   tfbridge.NewProviderMetadata(metadata),
		EnableZeroDefaultSchemaVersion: true,
		EnableAccurateBridgePreview:    true,
		EnableAccuratePFBridgePreview:  true,
		EnableRawStateDelta:            true,
		// The bridge looks for documentation here.
		UpstreamRepoPath: "/nonexistent",
		Config: fields{
			"region": {Default: &tfbridge.DefaultInfo{EnvVars: []string{"AWS_REGION", "AWS_DEFAULT_REGION"}}},
			// As in the package: new regions work with an older provider.
			"skip_region_validation": {Default: &tfbridge.DefaultInfo{Value: true}},
		},
	}
	// As in the package: a missing name is made from the resource's name.
	for name, resource := range info.Resources {
		shim, ok := info.P.ResourcesMap().GetOk(name)
		if !ok {
			panic("the provider has no resource " + name)
		}
		if schema, ok := shim.Schema().GetOk("name"); !ok || !(schema.Optional() || schema.Required()) {
			continue
		}
		if resource.Fields == nil {
			resource.Fields = fields{}
		}
		if _, set := resource.Fields["name"]; !set {
			resource.Fields["name"] = tfbridge.AutoName("name", 255, "-")
		}
	}
	return info
}

func main() {
	ctx := context.Background()
	program, err := os.Executable()
	check(err)
	folder := filepath.Join(filepath.Dir(program), "aws-schema")
	if len(os.Args) > 1 && os.Args[1] == "schema" {
		pftfgen.MainWithMuxer("aws", provider(ctx, []byte("{}")))
		return
	}
	metadata, err := os.ReadFile(filepath.Join(folder, "bridge-metadata.json"))
	check(err)
	schema, err := os.ReadFile(filepath.Join(folder, "schema.json"))
	check(err)
	pf.MainWithMuxer(ctx, "aws", provider(ctx, metadata), schema)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
