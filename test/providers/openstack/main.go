// The provider of @pulumi/openstack, made from the same Terraform provider with the same bridge.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

// The version is set by the linker: that of the package.
var version string

// Names of the resources that the stacks use. They differ from those of the Terraform provider.
var resources = map[string]string{
	"openstack_blockstorage_volume_v3":         "blockstorage/volume",
	"openstack_compute_instance_v2":            "compute/instance",
	"openstack_compute_servergroup_v2":         "compute/serverGroup",
	"openstack_dns_recordset_v2":               "dns/recordSet",
	"openstack_identity_ec2_credential_v3":     "identity/ec2CredentialV3",
	"openstack_lb_listener_v2":                 "loadbalancer/listener",
	"openstack_lb_loadbalancer_v2":             "loadbalancer/loadBalancer",
	"openstack_lb_member_v2":                   "loadbalancer/member",
	"openstack_lb_monitor_v2":                  "loadbalancer/monitor",
	"openstack_lb_pool_v2":                     "loadbalancer/pool",
	"openstack_networking_floatingip_v2":       "networking/floatingIp",
	"openstack_networking_network_v2":          "networking/network",
	"openstack_networking_port_v2":             "networking/port",
	"openstack_networking_router_interface_v2": "networking/routerInterface",
	"openstack_networking_router_v2":           "networking/router",
	"openstack_networking_secgroup_rule_v2":    "networking/secGroupRule",
	"openstack_networking_secgroup_v2":         "networking/secGroup",
	"openstack_networking_subnet_v2":           "networking/subnet",
	"openstack_objectstorage_container_v1":     "objectstorage/container",
	"openstack_objectstorage_object_v1":        "objectstorage/containerObject",
	"openstack_objectstorage_tempurl_v1":       "objectstorage/tempUrl",
}

var dataSources = map[string]string{
	"openstack_identity_auth_scope_v3": "identity/getAuthScope",
	"openstack_images_image_v2":        "images/getImage",
	"openstack_networking_network_v2":  "networking/getNetwork",
}

// compute/instance becomes openstack:compute/instance:Instance.
func token(name string) string {
	last := name[strings.LastIndex(name, "/")+1:]
	if strings.HasPrefix(last, "get") {
		return "openstack:" + name + ":" + last
	}
	return "openstack:" + name + ":" + strings.ToUpper(last[:1]) + last[1:]
}

func provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:           shimv2.NewProvider(openstack.Provider()),
		Name:        "openstack",
		Version:     version,
		Resources:   map[string]*tfbridge.ResourceInfo{},
		DataSources: map[string]*tfbridge.DataSourceInfo{},
	}
	for name, short := range resources {
		info.Resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type(token(short))}
	}
	// As in the package.
	info.Resources["openstack_networking_subnet_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	}
	info.Resources["openstack_compute_servergroup_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"policies": {MaxItemsOne: tfbridge.False()},
	}
	for name, short := range dataSources {
		info.DataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember(token(short))}
	}
	info.SetAutonaming(255, "-")
	return info
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "schema" {
		tfgen.Main("openstack", version, provider())
		return
	}
	program, err := os.Executable()
	if err != nil {
		panic(err)
	}
	schema, err := os.ReadFile(filepath.Join(filepath.Dir(program), "openstack-schema", "schema.json"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tfbridge.Main("openstack", version, provider(), schema)
}
