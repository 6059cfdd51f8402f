/** Where our files lie on a host. Every name tells the project and the stack. */
import { projectName } from "../../paths.ts";

/** The files of one setting of one stack. */
export interface SettingNames {
  readonly stack: string;
  /** The setting's key, as in `virtual-functions-0000-01-00.0`. */
  readonly key: string;
  readonly journalPath: string;
  readonly scriptPath: string;
  /** Name of the systemd unit, with `.service`. */
  readonly unit: string;
  readonly unitPath: string;
  /** The link by which the unit is started at boot. */
  readonly unitLinkPath: string;
}

/** Folder for what we keep on a host. */
export const hostStateDirectory = `/var/lib/${projectName}`;

/** Names for one setting. Characters that systemd or a shell would read otherwise become dashes. */
export function settingNames(stack: string, key: string): SettingNames {
  const plainKey = key.replaceAll(/[^\w.-]/g, "-");
  const unit = `${projectName}-${stack}-${plainKey}.service`;
  return {
    stack,
    key: plainKey,
    journalPath: `${hostStateDirectory}/journal/${stack}/${plainKey}.json`,
    scriptPath: `${hostStateDirectory}/scripts/${stack}/${plainKey}.sh`,
    unit,
    unitPath: `/etc/systemd/system/${unit}`,
    unitLinkPath: `/etc/systemd/system/multi-user.target.wants/${unit}`,
  };
}
