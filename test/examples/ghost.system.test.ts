import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../examples/ghost");

const given = {
  URL: "https://blog.example.com",
  DATABASE_HOST: "10.0.0.40",
  DATABASE_USER: "ghost",
  DATABASE_PASSWORD: "12345678",
  DATABASE_NAME: "ghost",
};
const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const objects = {
  S3_BUCKET: "images",
  S3_ENDPOINT: "http://objects:7070",
  S3_ACCESS_KEY_ID: "id",
  S3_SECRET_ACCESS_KEY: 'se"cr\\et',
};

/** Variables that Ghost gets. */
function environment(env: Record<string, string>) {
  const ran = spawnSync("sh", [join(folder, "ghost-environment"), "env", "-0"], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  const values = Object.fromEntries(
    ran.stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const ghosts = Object.fromEntries(Object.entries(values).filter(([name]) => /^[a-z]/.test(name)));
  return { code: ran.status, error: ran.stderr, ghosts };
}

describe("Ghost's settings", () => {
  test("converts the platform's database to Ghost's settings, each value with its type", () => {
    expect(environment(given)).toEqual({
      code: 0,
      error: "",
      ghosts: {
        url: "https://blog.example.com",
        server__host: "0.0.0.0",
        server__port: "2368",
        database__client: "mysql",
        database__connection__host: "10.0.0.40",
        database__connection__port: "3306",
        database__connection__charset: "utf8mb4",
        // Ghost reads JSON: without quotes this password would be a number.
        database__connection__user: '"ghost"',
        database__connection__password: '"12345678"',
        database__connection__database: '"ghost"',
        logging__transports: '["stdout"]',
      },
    });
  });

  test("adds the database's authority, the object store and mail if they are given", () => {
    const { ghosts } = environment({
      ...given,
      ...objects,
      PORT: "8080",
      DATABASE_CA: ca,
      SMTP_HOST: "smtp.example.com",
      SMTP_USER: "u",
      SMTP_PASSWORD: "p",
      MAIL_FROM: "blog@example.com",
    });
    expect(ghosts).toMatchObject({
      server__port: "8080",
      database__connection__ssl__ca: ca,
      database__connection__ssl__rejectUnauthorized: "true",
      storage__active: "s3",
      storage__media__adapter: "s3",
      storage__media__staticFileURLPrefix: "content/media",
      storage__files__adapter: "s3",
      storage__files__staticFileURLPrefix: "content/files",
      storage__s3__bucket: '"images"',
      storage__s3__endpoint: "http://objects:7070",
      storage__s3__region: "us-east-1",
      storage__s3__accessKeyId: '"id"',
      mail__transport: "SMTP",
      mail__options__host: "smtp.example.com",
      mail__options__port: "587",
      mail__options__auth__user: '"u"',
      mail__options__auth__pass: '"p"',
      mail__from: "blog@example.com",
    });
    expect(JSON.parse(ghosts.storage__s3__secretAccessKey!)).toBe('se"cr\\et');
  });

  test.each(Object.keys(given))("names a missing %s and starts nothing", (name) => {
    const { [name]: _, ...rest } = given as Record<string, string>;
    expect(environment(rest)).toEqual({ code: 1, error: `ghost-environment: ${name} is not set\n`, ghosts: {} });
  });

  test("rejects an incomplete object store", () => {
    expect(environment({ ...given, S3_BUCKET: "images" })).toMatchObject({
      code: 1,
      error: "ghost-environment: S3_ENDPOINT is not set\n",
    });
  });
});
