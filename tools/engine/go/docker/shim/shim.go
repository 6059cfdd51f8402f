// Package shim hands out the Docker provider of kreuzwerker/terraform-provider-docker.
//
// That provider lives in an internal package, which Go lets only packages below its module's path import: hence the
// path of this module.
package shim

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// NewProvider returns the provider as the Terraform plugin SDK describes it.
func NewProvider() *schema.Provider {
	return provider.New("5.2.0")()
}
