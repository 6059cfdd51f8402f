import { describe, expect, test } from "vitest";
import { CredentialsError, chooseCredentials } from "./credentials.ts";

const path = "/home/user/.config/openstack/clouds.yaml";
const secret = "sesame-open";
const chameleon = `
clouds:
  openstack:
    auth_type: v3applicationcredential
    region_name: CHI@TACC
    auth:
      auth_url: https://chi.tacc.chameleoncloud.org:5000/v3
      application_credential_id: 0123
      application_credential_secret: ${secret}
`.replace("0123", '"0123"');
const file = { path, text: chameleon };

function refusal(choose: () => unknown): string {
  try {
    choose();
  } catch (error) {
    if (error instanceof CredentialsError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("where credentials are found", () => {
  const found = {
    authUrl: "https://chi.tacc.chameleoncloud.org:5000/v3",
    region: "CHI@TACC",
    applicationCredentialId: "0123",
    applicationCredentialSecret: secret,
  };
  const variables = {
    OS_AUTH_URL: "https://chi.uc.chameleoncloud.org:5000",
    OS_REGION_NAME: "CHI@UC",
    OS_APPLICATION_CREDENTIAL_ID: "4567",
    OS_APPLICATION_CREDENTIAL_SECRET: "other",
  };

  test("the only cloud of clouds.yaml needs no name", () => {
    expect(chooseCredentials({}, file, undefined)).toEqual({
      ...found,
      origin: `the cloud "openstack" of ${path}`,
    });
  });

  test("the variables win over a clouds.yaml, and an address without version gets one", () => {
    expect(chooseCredentials(variables, file, undefined)).toEqual({
      authUrl: "https://chi.uc.chameleoncloud.org:5000/v3",
      region: "CHI@UC",
      applicationCredentialId: "4567",
      applicationCredentialSecret: "other",
      origin: "the OS_ variables",
    });
  });

  test("a named cloud wins over the variables", () => {
    expect(chooseCredentials(variables, file, "openstack")).toMatchObject(found);
    expect(chooseCredentials({ ...variables, OS_CLOUD: "openstack" }, file, undefined)).toMatchObject(found);
  });
});

test.each([
  [
    "nothing at all",
    {},
    undefined,
    undefined,
    /^There are no credentials: neither OS_AUTH_URL nor a clouds\.yaml; make an /,
  ],
  ["a name and no file", {}, undefined, "tacc", /^There are no credentials for the cloud "tacc"/],
  ["a name that is not there", {}, file, "tacc", /has no cloud "tacc", only openstack$/],
  [
    "half of the variables",
    { OS_AUTH_URL: "https://a/v3", OS_APPLICATION_CREDENTIAL_ID: "1" },
    file,
    undefined,
    /^OS_AUTH_URL is set, but OS_APPLICATION_CREDENTIAL_SECRET is not;/,
  ],
  [
    "a password in the variables",
    { OS_AUTH_URL: "https://a/v3", OS_PASSWORD: secret },
    file,
    undefined,
    /ID and OS_APPLICATION_CREDENTIAL_SECRET are not \(a user's password is not used\)/,
  ],
  [
    "a password in the file",
    {},
    { path, text: `clouds: {a: {auth: {password: ${secret}}}}` },
    undefined,
    /the cloud "a" has a password where an application credential's/,
  ],
  [
    "no YAML",
    {},
    { path, text: `clouds:\n  a: [\n  secret: ${secret}` },
    undefined,
    /clouds\.yaml is not YAML \(line \d\)$/,
  ],
  ["no clouds", {}, { path, text: "a: 1" }, undefined, /has no section "clouds"/],
  [
    "two clouds and no name",
    {},
    { path, text: "clouds: {a: {}, b: {}}" },
    undefined,
    /several clouds \(a, b\); name one/,
  ],
  [
    "no address",
    {},
    { path, text: chameleon.replace("https://chi", "chi") },
    undefined,
    /auth_url of the cloud "openstack" is "chi\.tacc.*right would be/,
  ],
])("%s is one sentence that says what to do", (_, environment, clouds, name, wanted) => {
  const sentence = refusal(() => chooseCredentials(environment, clouds, name));
  expect(sentence).toMatch(wanted);
  expect(sentence).not.toContain(secret);
});
