/** What a guest is told at its boot: its identity and its settings, on a small disk labelled `cidata`. Pure. */
import type { PlannedGuests } from "../plan.ts";
import { managementMac } from "./guest-xslt.ts";

export interface GuestIdentity {
  readonly hostname: string;
  /** One line of authorized_keys, for root. */
  readonly authorizedKey: string;
  /** OpenSSH private host key (ed25519), with its line ends. Made before the first boot, so that it can be pinned. */
  readonly hostPrivateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostPublicKey: string;
}

/** Programs of the repository that a cloud image lacks. */
export interface GuestPrograms {
  /** Text of images/guest-root/usr/local/lib/testbed/guest-init.sh. */
  readonly init: string;
  /** Text of on-guest/cloud-init-steps.sh. */
  readonly cloudInitSteps: string;
}

/** The settings of guest-init.sh: lines KEY=VALUE, each value to the line's end as it is. */
export function renderGuestConf({ drivers, packages, softRoce }: PlannedGuests): string {
  const archive = drivers.stack === "ofed" ? drivers : { source: "", sha256: "" };
  return [
    "IVSHMEM=yes",
    `DRIVERS=${drivers.stack}`,
    `OFED_SOURCE=${archive.source}`,
    `OFED_SHA256=${archive.sha256}`,
    `SOFT_ROCE=${softRoce ? "yes" : "no"}`,
    `PACKAGES=${packages.join(" ")}`,
    "",
  ].join("\n");
}

/** One value in base64, so that no value can be taken for another line, with one line end. */
function line(name: string, value: string): string {
  const text = value.endsWith("\n") ? value : `${value}\n`;
  return `${name} ${Buffer.from(text, "utf8").toString("base64")}\n`;
}

/** The seed's `user-data` for the project's own guest: lines `NAME BASE64`, read by guest-root/usr/sbin/testbed-guest-init. */
export function renderLeanSeed(identity: GuestIdentity, guests: PlannedGuests): string {
  return [
    line("hostname", identity.hostname),
    line("authorized-key", identity.authorizedKey),
    line("host-private-key", identity.hostPrivateKey),
    line("host-public-key", identity.hostPublicKey),
    line("management-mac", managementMac),
    line("guest-conf", renderGuestConf(guests)),
  ].join("");
}

const library = "/usr/local/lib/testbed";

/** The seed's `user-data` for a cloud image. JSON is YAML, and quotes everything that a key or a script may hold. */
export function renderCloudConfig(
  identity: GuestIdentity,
  guests: PlannedGuests,
  programs: GuestPrograms,
): string {
  const program = (name: string, content: string) => ({
    path: `${library}/${name}`,
    permissions: "0755",
    content,
  });
  const configuration = {
    hostname: identity.hostname,
    disable_root: false,
    ssh_pwauth: false,
    users: [{ name: "root", ssh_authorized_keys: [identity.authorizedKey.trim()] }],
    ssh_keys: { ed25519_private: identity.hostPrivateKey, ed25519_public: identity.hostPublicKey },
    write_files: [
      { path: "/etc/testbed-guest.conf", permissions: "0644", content: renderGuestConf(guests) },
      program("guest-init.sh", programs.init),
      program("cloud-init-steps.sh", programs.cloudInitSteps),
    ],
    runcmd: [["sh", `${library}/cloud-init-steps.sh`]],
  };
  return `#cloud-config\n${JSON.stringify(configuration, null, 1)}\n`;
}

/**
 * The seed's `meta-data` for a cloud image.
 * @param instance that cloud-init counts a boot by: with another one it does its first boot's work again
 */
export function renderMetaData(hostname: string, instance: string): string {
  return `${JSON.stringify({ "instance-id": `${hostname}-${instance}`, "local-hostname": hostname })}\n`;
}
