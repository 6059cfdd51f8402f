/**
 * The credentials for a cloud, from where every OpenStack client looks: the OS_ variables or a clouds.yaml. Only application
 * credentials are taken: they can be made for this project alone and revoked, and no password lies in a file.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { checkoutDirectory } from "../paths.ts";

export interface Credentials {
  /** Keystone's address with its version, as in https://chi.tacc.chameleoncloud.org:5000/v3. */
  readonly authUrl: string;
  readonly region: string | undefined;
  readonly applicationCredentialId: string;
  readonly applicationCredentialSecret: string;
  /** Where they were found, for messages. */
  readonly origin: string;
}

/** There are no credentials, or they can't be used; the message tells what to do. */
export class CredentialsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CredentialsError";
  }
}

/** The text of a clouds.yaml with its path. */
export interface CloudsFile {
  readonly path: string;
  readonly text: string;
}

const howToMake =
  "make an application credential (unrestricted: Blazar needs it) on the site's dashboard under Identity, " +
  "Application Credentials, and download its clouds.yaml to ~/.config/openstack/";

const cloudSchema = z.looseObject({
  auth: z.looseObject({
    auth_url: z.string().optional(),
    application_credential_id: z.string().optional(),
    application_credential_secret: z.string().optional(),
    password: z.unknown().optional(),
  }),
  region_name: z.string().optional(),
});
const cloudsSchema = z.looseObject({ clouds: z.record(z.string(), z.unknown()) });

/**
 * Chooses the credentials. A cloud that is named (by the stack, or by OS_CLOUD) is looked for in clouds.yaml; without a name
 * the OS_ variables win, and then the only cloud of clouds.yaml.
 * @throws CredentialsError
 */
export function chooseCredentials(
  environment: NodeJS.ProcessEnv,
  file: CloudsFile | undefined,
  cloud: string | undefined,
): Credentials {
  const name = cloud ?? environment.OS_CLOUD;
  if (name === undefined && environment.OS_AUTH_URL !== undefined) return fromEnvironment(environment);
  if (file === undefined) {
    const wanted = name === undefined ? "" : ` for the cloud "${name}"`;
    throw new CredentialsError(
      `There are no credentials${wanted}: neither OS_AUTH_URL nor a clouds.yaml; ${howToMake}`,
    );
  }
  return fromFile(file, name);
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Credentials {
  const {
    OS_AUTH_URL: authUrl = "",
    OS_APPLICATION_CREDENTIAL_ID: id = "",
    OS_APPLICATION_CREDENTIAL_SECRET: secret = "",
  } = environment;
  const missing = Object.entries({
    OS_APPLICATION_CREDENTIAL_ID: id,
    OS_APPLICATION_CREDENTIAL_SECRET: secret,
  })
    .filter(([, value]) => value === "")
    .map(([variable]) => variable);
  if (missing.length > 0) {
    const password = environment.OS_PASSWORD === undefined ? "" : " (a user's password is not used)";
    throw new CredentialsError(
      `OS_AUTH_URL is set, but ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} not${password}; ${howToMake}`,
    );
  }
  return {
    authUrl: checkedAddress(authUrl, "OS_AUTH_URL"),
    region: environment.OS_REGION_NAME,
    applicationCredentialId: id,
    applicationCredentialSecret: secret,
    origin: "the OS_ variables",
  };
}

function fromFile({ path, text }: CloudsFile, wanted: string | undefined): Credentials {
  const { clouds } = parseClouds(path, text);
  const names = Object.keys(clouds);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) {
    const found = names.length === 0 ? "no cloud" : `several clouds (${names.join(", ")})`;
    throw new CredentialsError(`${path} has ${found}; name one with nodes.cloud or OS_CLOUD`);
  }
  if (!(name in clouds)) {
    throw new CredentialsError(`${path} has no cloud "${name}", only ${names.join(", ") || "none at all"}`);
  }
  const entry = cloudSchema.safeParse(clouds[name]);
  if (!entry.success)
    throw new CredentialsError(`${path}: the cloud "${name}" has no section auth; ${howToMake}`);
  const { auth, region_name: region } = entry.data;
  const { auth_url: authUrl, application_credential_id: id, application_credential_secret: secret } = auth;
  if (id === undefined || secret === undefined) {
    const found = auth.password === undefined ? "no whole application credential" : "a password";
    throw new CredentialsError(
      `${path}: the cloud "${name}" has ${found} where an application credential's id and secret are needed; ${howToMake}`,
    );
  }
  if (authUrl === undefined) throw new CredentialsError(`${path}: the cloud "${name}" has no auth.auth_url`);
  return {
    authUrl: checkedAddress(authUrl, `${path}: auth_url of the cloud "${name}"`),
    region,
    applicationCredentialId: id,
    applicationCredentialSecret: secret,
    origin: `the cloud "${name}" of ${path}`,
  };
}

function parseClouds(path: string, text: string): z.infer<typeof cloudsSchema> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    // The parser's message quotes the line, which may hold the secret: only its place is told.
    const place = (error as { linePos?: readonly { line: number }[] }).linePos?.[0]?.line;
    throw new CredentialsError(`${path} is not YAML${place === undefined ? "" : ` (line ${place})`}`);
  }
  const result = cloudsSchema.safeParse(value);
  if (!result.success) throw new CredentialsError(`${path} has no section "clouds"; ${howToMake}`);
  return result.data;
}

function checkedAddress(address: string, where: string): string {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new CredentialsError(
      `${where} is "${address}"; right would be Keystone's address, as in https://chi.tacc.chameleoncloud.org:5000/v3`,
    );
  }
  const trimmed = address.replace(/\/+$/, "");
  return /\/v3$/.test(trimmed) ? trimmed : `${trimmed}/v3`;
}

/** Reads the credentials of this machine's user. `cloud` names an entry of clouds.yaml. */
export function readCredentials(
  cloud: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Credentials {
  return chooseCredentials(environment, findCloudsFile(environment), cloud);
}

function findCloudsFile(environment: NodeJS.ProcessEnv): CloudsFile | undefined {
  const named = environment.OS_CLIENT_CONFIG_FILE;
  const paths = [
    ...(named === undefined ? [] : [named]),
    join(checkoutDirectory, "clouds.yaml"),
    join(homedir(), ".config/openstack/clouds.yaml"),
    "/etc/openstack/clouds.yaml",
  ];
  for (const path of paths) {
    try {
      return { path, text: readFileSync(path, "utf8") };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}
