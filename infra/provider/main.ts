/** The `testbed` provider: started by the engine, prints the port it serves on. The first argument is the engine's address. */
import { engineLog } from "./engine-log.ts";
import { HostResource } from "./host-resource.ts";
import { Hosts } from "./hosts.ts";
import { KeyPairResource } from "./key-pair-resource.ts";
import { serve } from "./server.ts";
import { SettingResource } from "./setting-resource.ts";
import { cpuFrequency } from "./settings/cpu-frequency.ts";
import { drivers } from "./settings/drivers.ts";
import { hugepages } from "./settings/hugepages.ts";
import { kernelArguments } from "./settings/kernel-arguments.ts";
import { virtualFunctions } from "./settings/virtual-functions.ts";
import { virtualization } from "./settings/virtualization.ts";

const engineAddress = process.argv.slice(2).find((word) => /^[\w.[\]:-]+:\d+$/.test(word));
const hosts = new Hosts();
const types = [
  new KeyPairResource(),
  new HostResource(hosts),
  new SettingResource(kernelArguments, hosts),
  new SettingResource(cpuFrequency, hosts),
  new SettingResource(drivers, hosts),
  new SettingResource(virtualFunctions, hosts),
  new SettingResource(hugepages, hosts),
  new SettingResource(virtualization, hosts),
];
const log = engineAddress === undefined ? () => undefined : engineLog(engineAddress);
process.stdout.write(`${await serve(types, log)}\n`);
