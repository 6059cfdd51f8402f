/** The `testbed` provider: started by the engine, prints the port it serves on. The first argument is the engine's address. */

import { Clouds } from "./clouds.ts";
import { engineLog } from "./engine-log.ts";
import { HostResource } from "./host-resource.ts";
import { Hosts } from "./hosts.ts";
import { KeyPairResource } from "./key-pair-resource.ts";
import { LeaseResource } from "./lease-resource.ts";
import { LeasedServerResource } from "./leased-server-resource.ts";
import { serve } from "./server.ts";
import { ServerIdentityResource } from "./server-identity-resource.ts";
import { SettingResource } from "./setting-resource.ts";
import { adapterFirmware } from "./settings/adapter-firmware.ts";
import { cpuFrequency } from "./settings/cpu-frequency.ts";
import { drivers } from "./settings/drivers.ts";
import { firewall } from "./settings/firewall.ts";
import { hugepages } from "./settings/hugepages.ts";
import { kernelArguments } from "./settings/kernel-arguments.ts";
import { virtualFunctions } from "./settings/virtual-functions.ts";
import { virtualization } from "./settings/virtualization.ts";
import { SiteResource } from "./site-resource.ts";

const engineAddress = process.argv.slice(2).find((word) => /^[\w.[\]:-]+:\d+$/.test(word));
const hosts = new Hosts();
const clouds = new Clouds();
const types = [
  new KeyPairResource(),
  new SiteResource(clouds),
  new LeaseResource(clouds),
  new LeasedServerResource(clouds),
  new ServerIdentityResource(clouds),
  new HostResource(hosts),
  new SettingResource(kernelArguments, hosts),
  new SettingResource(adapterFirmware, hosts),
  new SettingResource(cpuFrequency, hosts),
  new SettingResource(firewall, hosts),
  new SettingResource(drivers, hosts),
  new SettingResource(virtualFunctions, hosts),
  new SettingResource(hugepages, hosts),
  new SettingResource(virtualization, hosts),
];
const log = engineAddress === undefined ? () => undefined : engineLog(engineAddress);
process.stdout.write(`${await serve(types, log)}\n`);
