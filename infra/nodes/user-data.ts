/** What cloud-init of a leased node is told at its first boot: the address of its adapter on the fabric. */
import { readFileSync } from "node:fs";
import { stringify } from "yaml";

const script = readFileSync(new URL("fabric-address.sh", import.meta.url), "utf8");
const service = "testbed-fabric-address.service";
const unit = `[Unit]
Description=Address of the testbed's fabric
After=network-pre.target systemd-modules-load.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/testbed-fabric-address

[Install]
WantedBy=multi-user.target
`;

/**
 * The node's cloud-config.
 * @param address IPv4 address on the fabric, with `prefixLength` bits of its network
 */
export function renderUserData(address: string, prefixLength: number): string {
  const files = [
    { path: "/etc/testbed-fabric-address", permissions: "0644", content: `${address}/${prefixLength}\n` },
    { path: "/usr/local/sbin/testbed-fabric-address", permissions: "0755", content: script },
    { path: `/etc/systemd/system/${service}`, permissions: "0644", content: unit },
  ];
  return `#cloud-config\n${stringify({ write_files: files, runcmd: [["systemctl", "enable", "--now", service]] })}`;
}
