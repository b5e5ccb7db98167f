import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openstackLogin } from "../../../cli/openstack/login.ts";
import { InputError } from "../../../errors.ts";

const user = {
  OS_AUTH_URL: "https://keystone.example.org/v3/",
  OS_USERNAME: "ann",
  OS_PASSWORD: "p",
  OS_PROJECT_NAME: "shop",
};

describe("a login from variables", () => {
  test("has a user in the domain `default`, a project and the public interface", () => {
    expect(openstackLogin({}, user)).toEqual({
      source: "OS_* or openstack:*",
      authUrl: "https://keystone.example.org/v3",
      identity: {
        methods: ["password"],
        password: { user: { name: "ann", domain: { id: "default" }, password: "p" } },
      },
      scope: { project: { name: "shop", domain: { id: "default" } } },
      region: undefined,
      interface: "public",
      cacert: undefined,
      insecure: false,
    });
  });

  test("takes names and ids of domains, ids of user and project, region, interface and certificates", () => {
    const named = { ...user, OS_USER_DOMAIN_NAME: "Users", OS_PROJECT_DOMAIN_ID: "d1" };
    const more = {
      OS_REGION_NAME: "RegionTwo",
      OS_ENDPOINT_TYPE: "internalURL",
      OS_CACERT: "/ca.pem",
      OS_INSECURE: "true",
    };
    expect(openstackLogin({}, { ...named, ...more })).toMatchObject({
      identity: { password: { user: { name: "ann", domain: { name: "Users" } } } },
      scope: { project: { name: "shop", domain: { id: "d1" } } },
      region: "RegionTwo",
      interface: "internal",
      cacert: "/ca.pem",
      insecure: true,
    });
    expect(openstackLogin({}, { ...user, OS_USER_ID: "u1", OS_PROJECT_ID: "p1" })).toMatchObject({
      identity: { password: { user: { id: "u1" } } },
      scope: { project: { id: "p1" } },
    });
  });

  test("can be an application credential, by id or by name, without a scope", () => {
    const { OS_AUTH_URL } = user;
    const byId = { OS_APPLICATION_CREDENTIAL_ID: "a1", OS_APPLICATION_CREDENTIAL_SECRET: "s" };
    expect(openstackLogin({}, { OS_AUTH_URL, ...byId })).toMatchObject({
      identity: { methods: ["application_credential"], application_credential: { id: "a1", secret: "s" } },
    });
    expect(openstackLogin({}, { OS_AUTH_URL, ...byId, OS_PROJECT_NAME: "shop" })).not.toHaveProperty("scope");
    const byName = { OS_APPLICATION_CREDENTIAL_NAME: "ci", OS_APPLICATION_CREDENTIAL_SECRET: "s", OS_USER_ID: "u1" };
    expect(openstackLogin({}, { OS_AUTH_URL, ...byName }).identity).toEqual({
      methods: ["application_credential"],
      application_credential: { name: "ci", user: { id: "u1" }, secret: "s" },
    });
  });

  test("can be a token", () => {
    expect(openstackLogin({}, { ...user, OS_TOKEN: "t" })).toMatchObject({
      identity: { methods: ["token"], token: { id: "t" } },
      scope: { project: { name: "shop" } },
    });
  });

  test("yields to the keys of the provider in the stack's file", () => {
    const config = { "openstack:userName": "bob", "openstack:tenantName": "blog", "openstack:region": "RegionTwo" };
    expect(openstackLogin(config, user)).toMatchObject({
      identity: { password: { user: { name: "bob" } } },
      scope: { project: { name: "blog" } },
      region: "RegionTwo",
    });
  });
});

test.each([
  [{}, "no login to OpenStack (OS_* or openstack:*): the address of Keystone is missing; set OS_CLOUD, or OS_AUTH_URL"],
  [{ ...user, OS_PASSWORD: "" }, "a user with a password, or an application credential, is missing"],
  [
    { ...user, OS_PROJECT_NAME: undefined },
    "the project is missing; set OS_PROJECT_NAME, or project_name of the cloud",
  ],
  [{ ...user, OS_APPLICATION_CREDENTIAL_ID: "a" }, "the secret of the application credential is missing"],
])("says what is missing in %j", (env, message) => {
  expect(() => openstackLogin({}, env)).toThrow(InputError);
  expect(() => openstackLogin({}, env)).toThrow(message);
});

describe("a login from clouds.yaml", () => {
  let dir: string;
  let env: Record<string, string>;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "paasmas-"));
    env = { OS_CLIENT_CONFIG_FILE: join(dir, "clouds.yaml"), OS_CLOUD: "lab" };
    const lab = `
clouds:
  lab:
    region_name: RegionOne
    interface: internal
    cacert: /etc/ssl/lab.pem
    verify: false
    auth: { auth_url: http://127.0.0.1:5000, username: ann, project_name: shop, user_domain_name: Default, project_domain_name: Default }
    regions: [{ name: RegionTwo, values: { cacert: /etc/ssl/two.pem } }]
  public: { profile: vendor, auth: { application_credential_id: a1, application_credential_secret: s } }
`;
    writeFileSync(join(dir, "clouds.yaml"), lab);
    writeFileSync(join(dir, "secure.yaml"), "clouds: { lab: { auth: { password: p } } }\n");
    writeFileSync(
      join(dir, "vendor.yaml"),
      "public-clouds: { vendor: { auth: { auth_url: https://vendor.example.org/v3 } } }\n",
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("has the values of its entry, with the password of secure.yaml", () => {
    expect(openstackLogin({}, { ...env, OS_CLIENT_SECURE_FILE: join(dir, "secure.yaml") })).toEqual({
      source: 'cloud "lab" in clouds.yaml',
      authUrl: "http://127.0.0.1:5000",
      identity: {
        methods: ["password"],
        password: { user: { name: "ann", domain: { name: "Default" }, password: "p" } },
      },
      scope: { project: { name: "shop", domain: { name: "Default" } } },
      region: "RegionOne",
      interface: "internal",
      cacert: "/etc/ssl/lab.pem",
      insecure: true,
    });
  });

  test("takes what the entry lacks from variables, and the values of a region from the entry", () => {
    const login = openstackLogin({ "openstack:region": "RegionTwo" }, { ...env, OS_PASSWORD: "p" });
    expect(login).toMatchObject({ region: "RegionTwo", cacert: "/etc/ssl/two.pem" });
  });

  test("has the address of its vendor's profile", () => {
    const login = openstackLogin(
      { "openstack:cloud": "public" },
      { ...env, OS_CLIENT_VENDOR_FILE: join(dir, "vendor.yaml") },
    );
    expect(login).toMatchObject({ authUrl: "https://vendor.example.org/v3", source: 'cloud "public" in clouds.yaml' });
  });

  test("with an unknown name suggests a known one", () => {
    expect(() => openstackLogin({}, { ...env, OS_CLOUD: "labb" })).toThrow(
      `OS_CLOUD: "labb" is not in ${join(dir, "clouds.yaml")}; did you mean lab?`,
    );
  });

  test("that is no YAML names the file", () => {
    writeFileSync(join(dir, "clouds.yaml"), "clouds: [");
    expect(() => openstackLogin({}, env)).toThrow(`${join(dir, "clouds.yaml")}: cannot be read: `);
  });
});
