/** The pieces of the engine that are built from Go modules, and where in the engine each has its place. */

const PULUMI = "v3.259.0";
const TERRAFORM_BRIDGE = "v1.1.3";
const DOCKER = "v5.2.0";
const LIBVIRT = "0.8.3";
const OPENSTACK = "1.54.1";
const COMMAND = "v1.2.1";

/** A program built from one of the modules in tools/engine/go. */
export interface Piece {
  /** The module's folder below tools/engine/go. */
  module: string;
  /** What is told to the user. */
  title: string;
  /** The package that is built, as `go build` is given it. */
  target: string;
  /** Values set at link time. */
  define: Record<string, string>;
  /** The program's place in an engine's folder. */
  place: string;
}

/** Two protobuf modules register the same file names in the bridge's plugins. */
const PROTOBUF_CONFLICTS = { "google.golang.org/protobuf/reflect/protoregistry.conflictPolicy": "ignore" };

export const PIECES: readonly Piece[] = [
  {
    module: "pulumi",
    title: `pulumi ${PULUMI}`,
    target: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    define: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": PULUMI },
    place: "bin/pulumi",
  },
  {
    module: "terraform-provider",
    title: `Pulumi's bridge to Terraform providers ${TERRAFORM_BRIDGE}`,
    target: "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic",
    define: {
      ...PROTOBUF_CONFLICTS,
      "github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version": TERRAFORM_BRIDGE,
    },
    place: `home/plugins/resource-terraform-provider-${TERRAFORM_BRIDGE}/pulumi-resource-terraform-provider`,
  },
  {
    module: "libvirt",
    title: `the libvirt provider ${LIBVIRT}`,
    target: "github.com/dmacvicar/terraform-provider-libvirt",
    define: { "main.version": LIBVIRT },
    place: `home/dynamic_tf_plugins/registry.opentofu.org/dmacvicar/libvirt/${LIBVIRT}/linux_amd64/terraform-provider-libvirt_v${LIBVIRT}`,
  },
  {
    module: "openstack",
    title: `the OpenStack provider ${OPENSTACK}`,
    target: "github.com/terraform-provider-openstack/terraform-provider-openstack",
    define: { "main.version": OPENSTACK },
    place: `home/dynamic_tf_plugins/registry.opentofu.org/terraform-provider-openstack/openstack/${OPENSTACK}/linux_amd64/terraform-provider-openstack_v${OPENSTACK}`,
  },
  {
    module: "docker",
    title: `the docker plugin ${DOCKER}`,
    target: ".",
    define: PROTOBUF_CONFLICTS,
    place: `home/plugins/resource-docker-${DOCKER}/pulumi-resource-docker`,
  },
];

/** The pieces that are this checkout's own TypeScript, started by launchers in tools/engine/bin. */
export const OWN_PIECES: readonly { launcher: string; place: string }[] = [
  {
    launcher: "pulumi-language-nodejs",
    place: `home/plugins/language-nodejs-${PULUMI}/pulumi-language-nodejs`,
  },
  {
    launcher: "pulumi-resource-command",
    place: `home/plugins/resource-command-${COMMAND}/pulumi-resource-command`,
  },
];

/** The plugins that an official engine needs; it has them in its PULUMI_HOME or downloads them. */
export const OFFICIAL_PLUGINS = [
  `resource-command-${COMMAND}`,
  `resource-docker-${DOCKER}`,
  `resource-terraform-provider-${TERRAFORM_BRIDGE}`,
];

/** The arguments of `go` that build a piece. */
export function buildArguments(piece: Piece, output: string): string[] {
  const definitions = Object.entries(piece.define).flatMap(([name, value]) => ["-X", `${name}=${value}`]);
  return [
    "build",
    "-trimpath",
    "-buildvcs=false",
    "-mod=readonly",
    "-tags=osusergo,grpcnotrace",
    `-ldflags=${["-s", "-w", ...definitions].join(" ")}`,
    `-o=${output}`,
    piece.target,
  ];
}
