import { gzipSync } from "node:zlib";
import { planned } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const onAws = (userData: unknown) => planned("aws:ec2/instance:Instance", "vm", { userData });
const onOpenstack = (userData: unknown) => planned("openstack:compute/instance:Instance", "vm", { userData });
const object = (content: unknown) => planned("aws:s3/bucketObjectv2:BucketObjectv2", "config", { content });

const ignition = (rest: object = {}, own: object = {}) =>
  JSON.stringify({ ignition: { version: "3.4.0", ...own }, ...rest });
const file = (path: string, source: string, more: object = {}) => ({
  path,
  mode: 0o644,
  contents: { source, ...more },
});
const files = (...list: object[]) => ignition({ storage: { files: list } });
const base64 = (text: string) => `data:;base64,${Buffer.from(text).toString("base64")}`;
const gzipped = (text: string) => `data:;base64,${gzipSync(text).toString("base64")}`;

const hash = `sha512-${"0a".repeat(64)}`;
const pointer = (source: string) =>
  ignition({}, { config: { replace: { source, verification: { hash } } }, timeouts: { httpTotal: 600 } });
const temporaryUrl = `https://swift.example/v1/AUTH_1/paasmas/galera-0.ign?temp_url_sig=${"a1".repeat(32)}&temp_url_expires=1893456000`;
const privateKey = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n";
const passwordHash = "$6$rounds=4096$abcdefgh$0123456789abcdefghijklmnopqrstuvwxyz";
const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGuDVyr0xTq1Jd5UQHcE1cC0WfQXo0sYj3T2eQ7h9LmN core@example";

const password = planned(
  "random:index/randomPassword:RandomPassword",
  "root",
  { length: 24 },
  { outputs: { result: "correct-horse-battery" } },
);
const key = planned(
  "tls:index/privateKey:PrivateKey",
  "ca",
  {},
  {
    outputs: {
      privateKeyPem: "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIOqn8gx2\nAwEHoUQDQgAE\n-----END EC PRIVATE KEY-----\n",
    },
  },
);

export const cases: Case[] = [
  {
    policy: "user-data-no-secrets",
    given: "a key in a file, in every encoding",
    resources: [
      onAws(
        files(
          file("/a", `data:,${encodeURIComponent(privateKey)}`),
          file("/b", base64(privateKey)),
          file("/c", gzipped(privateKey), { compression: "gzip" }),
        ),
      ),
    ],
    expected: [
      "vm: userData.storage.files.0.contents holds a private key; allowed: no secret",
      "vm: userData.storage.files.1.contents holds a private key; allowed: no secret",
      "vm: userData.storage.files.2.contents holds a private key; allowed: no secret",
    ],
  },
  {
    policy: "user-data-no-secrets",
    given: "a password hash, a token in a unit, and a password in an environment file",
    resources: [
      onOpenstack(
        ignition({
          passwd: { users: [{ name: "core", passwordHash, sshAuthorizedKeys: [sshKey] }] },
          systemd: {
            units: [{ name: "app.service", contents: `[Service]\nEnvironment=GITHUB=ghp_${"a1B2".repeat(9)}\n` }],
          },
          storage: { files: [file("/etc/app.env", "data:,DB_PASSWORD=correct-horse%0AMODE=production%0A")] },
        }),
      ),
    ],
    expected: [
      "vm: userData.passwd.users.0.passwordHash holds a password hash; allowed: no secret",
      "vm: userData.systemd.units.0.contents holds a GitHub token; allowed: no secret",
      "vm: userData.storage.files.0.contents holds a value for DB_PASSWORD; allowed: no secret",
      "vm: userData.passwd holds a password hash of core; allowed: no secret",
    ],
  },
  {
    policy: "user-data-no-secrets",
    given: "a script, in plain text, in base64, and in a launch template",
    resources: [
      onAws("#!/bin/bash\nexport AWS_SECRET_ACCESS_KEY='wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'\n"),
      planned("aws:ec2/instance:Instance", "encoded", {
        userDataBase64: gzipSync("token: s3cr3t-and-long\n").toString("base64"),
      }),
      planned("aws:ec2/launchTemplate:LaunchTemplate", "group", {
        userData: Buffer.from("echo AKIAIOSFODNN7EXAMPLE").toString("base64"),
      }),
    ],
    expected: [
      "vm: userData holds a value for AWS_SECRET_ACCESS_KEY; allowed: no secret",
      "encoded: userDataBase64 holds a value for token; allowed: no secret",
      "group: userData holds an AWS access key; allowed: no secret",
    ],
  },
  {
    policy: "user-data-no-secrets",
    given: "a long random value, and a signed URL outside of the pointer",
    resources: [
      onAws("#!/bin/sh\ncurl -u x:Zk3vQ9pLw7Xr2TnB8sYd4HfJ6mCg1AeU5oIq0RtK http://a/\n"),
      onOpenstack(files(file("/report", `data:,${encodeURIComponent(temporaryUrl)}`))),
    ],
    expected: [
      "vm: userData holds a long random value; allowed: no secret",
      "vm: userData.storage.files.0.contents holds a signed URL; allowed: no secret",
    ],
  },
  {
    policy: "user-data-no-secrets",
    given: "pointers, public keys, certificates, hashes, references and variables",
    resources: [
      onAws(pointer("s3://bucket/galera-0.ign?versionId=3HL4kqtJvjVBH40Nrjfkd3HL4kqtJvjV")),
      onOpenstack(pointer(temporaryUrl)),
      onAws(
        ignition({
          passwd: { users: [{ name: "core", sshAuthorizedKeys: [sshKey] }] },
          storage: {
            files: [
              file(
                "/ca.pem",
                base64(
                  `-----BEGIN CERTIFICATE-----\n${"MIIBszCCAVmgAwIBAgIUZ3vX9\n".repeat(4)}-----END CERTIFICATE-----\n`,
                ),
              ),
              file(
                "/app.env",
                "data:,PASSWORD_FILE=/run/secrets/db%0ATOKEN=%24{TOKEN}%0AIMAGE=haproxy@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
              ),
            ],
          },
        }),
      ),
      onAws("#!/bin/bash\necho Hello > index.html\nnohup python3 -m http.server 80 &\n"),
      onAws(unknownString),
      onAws(undefined),
    ],
    expected: [],
  },
  {
    policy: "generated-secrets-contained",
    given: "a secret in user data, in a file, in metadata, an environment, a tag, facts and a ConfigMap",
    resources: [
      password,
      key,
      onAws("#!/bin/sh\necho correct-horse-battery\n"),
      planned("openstack:compute/instance:Instance", "filed", {
        userData: files(file("/ca.key", gzipped("x\nMHcCAQEEIOqn8gx2\n"), { compression: "gzip" })),
      }),
      planned("openstack:compute/instance:Instance", "described", { metadata: { note: "correct-horse-battery" } }),
      planned("docker:index/container:Container", "app", { envs: ["A=b", "DB=correct-horse-battery"] }),
      planned("aws:ebs/volume:Volume", "data", { tags: { Owner: "correct-horse-battery" } }),
      planned("paasmas:cloud:Machine", "galera-0", { role: "galera", size: "correct-horse-battery" }),
      planned("kubernetes:core/v1:ConfigMap", "settings", {
        data: { "app.ini": "dsn = root:correct-horse-battery@db" },
      }),
    ],
    expected: [
      "vm: userData holds root.result; allowed: no secret",
      "filed: userData.storage.files.0.contents holds ca.privateKeyPem; allowed: no secret",
      "described: metadata.note holds root.result; allowed: no secret",
      "app: envs.1 holds root.result; allowed: no secret",
      "data: tags.Owner holds root.result; allowed: no secret",
      "galera-0: facts.size holds root.result; allowed: no secret",
      "settings: manifest.data.app.ini holds root.result; allowed: no secret",
    ],
  },
  {
    policy: "generated-secrets-contained",
    given: "a secret in the object store, in an upload, in a Secret, in a release, and an unknown value",
    resources: [
      password,
      planned("random:index/randomPassword:RandomPassword", "later", {}, { outputs: { result: unknownString } }),
      object(files(file("/db", "data:,correct-horse-battery"))),
      planned("docker:index/container:Container", "node", {
        uploads: [{ file: "/config.ign", content: "correct-horse-battery" }],
      }),
      planned("kubernetes:core/v1:Secret", "database", { stringData: { password: "correct-horse-battery" } }),
      planned("kubernetes:helm.sh/v3:Release", "paas", { values: { password: "correct-horse-battery" } }),
      onAws(pointer("s3://bucket/key")),
      onAws(unknownString),
    ],
    expected: [],
  },
  {
    policy: "user-data-size",
    given: "user data with one byte more than the limit",
    resources: [
      onAws("x".repeat(16_385)),
      onOpenstack("ä".repeat(24_576)),
      planned("aws:ec2/instance:Instance", "encoded", {
        userDataBase64: Buffer.from("x".repeat(20_000)).toString("base64"),
      }),
    ],
    expected: [
      "vm: userData has 16385 bytes; allowed: at most 16384 bytes before base64",
      "encoded: userDataBase64 has 20000 bytes; allowed: at most 16384 bytes before base64",
      "vm: userData has 49152 bytes; allowed: at most 49151 bytes before base64",
    ],
  },
  {
    policy: "user-data-size",
    given: "user data with the maximum size",
    resources: [onAws("x".repeat(16_384)), onOpenstack("x".repeat(49_151)), onAws(unknownString)],
    expected: [],
  },
  {
    policy: "ignition-valid",
    given: "a file without an absolute path, in user data, an object and an upload",
    resources: [
      onAws(files({ path: "etc/motd" })),
      object(files({ path: "etc/motd" })),
      planned("docker:index/container:Container", "node", {
        uploads: [
          { file: "/x", content: "text" },
          { file: "/config.ign", content: files({ path: "etc/motd" }) },
        ],
      }),
    ],
    expected: ["vm: userData", "config: content", "node: uploads[1].content"].map(
      (place) =>
        `${place} $.storage.files.0.path: "etc/motd" is not absolute; a path begins with "/"; allowed: a valid Ignition config`,
    ),
  },
  {
    policy: "ignition-valid",
    given: "a valid config, an earlier version, a later version, and user data without Ignition",
    resources: [
      onAws(pointer("s3://bucket/key")),
      onAws(JSON.stringify({ ignition: { version: "3.1.0" } })),
      onAws(JSON.stringify({ ignition: { version: "3.6.0" }, something: "new" })),
      onAws("#cloud-config\n{}"),
      onAws("{ not json"),
      object('{"name": "not ignition"}'),
    ],
    expected: [],
  },
  {
    policy: "ignition-remote-verified",
    given: "a pointer without a hash, a file over http, and a fetch without a timeout",
    resources: [
      onOpenstack(
        ignition(
          {},
          { config: { merge: [{ source: "https://example.com/base.ign?token=1" }] }, timeouts: { httpTotal: 60 } },
        ),
      ),
      object(ignition({ storage: { files: [file("/bin/x", "http://example.com/x", { verification: { hash } })] } })),
    ],
    expected: [
      "vm: userData $.ignition.config.merge.0 fetches https://example.com/base.ign without verification.hash; allowed: a sha512 or sha256 hash",
      "config: content fetches without ignition.timeouts.httpTotal, so without a time limit; allowed: a number of seconds",
    ],
  },
  {
    policy: "ignition-remote-verified",
    given: "a verified pointer, and files inside the config",
    resources: [
      onAws(pointer("s3://bucket/key")),
      onOpenstack(pointer(temporaryUrl)),
      object(files(file("/a", "data:,a"))),
    ],
    expected: [],
  },
  {
    policy: "ignition-no-password-logins",
    given: "a password hash, an sshd config with passwords, and a console with automatic login",
    resources: [
      object(
        ignition({
          passwd: { users: [{ name: "core", passwordHash }] },
          storage: { files: [file("/etc/ssh/sshd_config.d/10-login.conf", "data:,PasswordAuthentication yes%0A")] },
          systemd: {
            units: [
              {
                name: "getty@.service",
                dropins: [{ name: "a.conf", contents: "[Service]\nExecStart=-/sbin/agetty --autologin core %I\n" }],
              },
            ],
          },
        }),
      ),
    ],
    expected: [
      "config: content gives user core a passwordHash; allowed: no passwordHash",
      "config: content /etc/ssh/sshd_config.d/10-login.conf sets PasswordAuthentication yes; allowed: no",
      "config: content unit getty@.service logs in automatically; allowed: no --autologin",
    ],
  },
  {
    policy: "ignition-no-password-logins",
    given: "SSH keys, a locked password, and an sshd config without passwords",
    resources: [
      onAws(
        ignition({
          passwd: { users: [{ name: "core", passwordHash: "*", sshAuthorizedKeys: [sshKey] }] },
          storage: {
            files: [
              file("/etc/ssh/sshd_config", "data:,%23PasswordAuthentication yes%0APasswordAuthentication no%0A"),
              file("/etc/motd", "data:,PasswordAuthentication yes"),
            ],
          },
        }),
      ),
    ],
    expected: [],
  },
];
