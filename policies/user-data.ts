import { validate } from "../ignition/index.ts";
import {
  decodedContents,
  ignitionOf,
  partsOf,
  typesWithIgnition,
  typesWithUserData,
  userDataLimit,
  userDataOf,
} from "./machine-payloads.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { secretsIn } from "./secrets.ts";
import { objects, strings, text } from "./values.ts";

type Props = Record<string, unknown>;

// Public values, or values that another policy checks: authorized keys, hashes, and the source of a pointer.
const skippedKeys = new Set(["sshAuthorizedKeys", "verification", "config", "name", "path"]);

export const userDataNoSecrets = resourcePolicy<Props>({
  name: "user-data-no-secrets",
  description:
    "User data, which every process on the machine can read, holds no key, token, password or password hash.",
  severity: "critical",
  ids: ["CKV_AWS_46"],
  remediation: "store the config in the object store, and put a pointer with its hash into user data.",
  appliesTo: typesWithUserData,
  check({ type, props }, report) {
    for (const { path, text: content, ignition } of userDataOf(type, props)) {
      const parts = ignition ? partsOf(ignition, skippedKeys) : [{ path: "", text: content }];
      const findings = parts.flatMap((part) =>
        secretsIn(part.text).map(({ what }) => `${path}${part.path.slice(1)} holds ${what}`),
      );
      for (const user of objects(ignition?.passwd?.users)) {
        if (text(user.passwordHash)) findings.push(`${path}.passwd holds a password hash of ${user.name}`);
      }
      for (const given of new Set(findings)) report({ given, allowed: "no secret" });
    }
  },
});

// Secret outputs of each generator.
const generators: Record<string, readonly string[]> = {
  "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
  "random:index/randomBytes:RandomBytes": ["base64", "hex"],
  "tls:index/privateKey:PrivateKey": ["privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"],
  "aws:iam/accessKey:AccessKey": ["secret", "sesSmtpPasswordV4"],
};
// Properties in plain text, which all users with read access can see.
const readableProperties: Record<string, readonly string[]> = {
  "openstack:compute/instance:Instance": ["metadata", "tags"],
  "docker:index/container:Container": ["envs", "labels", "command", "entrypoints"],
  "aws:lambda/function:Function": ["environment"],
};

export const generatedSecretsContained = stackPolicy({
  name: "generated-secrets-contained",
  description:
    "No generated password or private key is in user data, tags, labels, environments, plan facts " +
    "or Kubernetes objects, except Secrets.",
  severity: "critical",
  ids: ["CKV_AWS_45", "CKV_AWS_46"],
  remediation: "store the secret in the object store, or pass a reference to it.",
  appliesTo: Object.keys(generators),
  check(resources, report) {
    const secrets = resources.flatMap((resource) =>
      (generators[resource.type] ?? []).flatMap((output) => {
        const value = text(resource.props[output]);
        return value === undefined || value.length < 8
          ? []
          : [{ origin: `${resource.name}.${output}`, needle: needleOf(value) }];
      }),
    );
    // Cache: most resources have the same tags.
    const known = new Map<string, string | undefined>();
    const secretIn = (content: string) => {
      if (!known.has(content)) known.set(content, secrets.find(({ needle }) => content.includes(needle))?.origin);
      return known.get(content);
    };
    for (const resource of resources) {
      for (const part of readableTexts(resource)) {
        const origin = secretIn(part.text);
        if (origin) report(resource, { given: `${part.path} holds ${origin}`, allowed: "no secret" });
      }
    }
  },
});

export const userDataSize = resourcePolicy<Props>({
  name: "user-data-size",
  description: "User data does not exceed the limit of its cloud.",
  severity: "medium",
  remediation: "store the config in the object store, and put a pointer with its hash into user data.",
  appliesTo: typesWithUserData,
  check({ type, props }, report) {
    const limit = userDataLimit(type);
    for (const { path, text: content } of userDataOf(type, props)) {
      const bytes = Buffer.byteLength(content);
      if (bytes > limit)
        report({ given: `${path} has ${bytes} bytes`, allowed: `at most ${limit} bytes before base64` });
    }
  },
});

export const ignitionValid = resourcePolicy<Props>({
  name: "ignition-valid",
  description: "Every Ignition config is valid.",
  severity: "high",
  remediation: "correct the config; a machine does not boot if Ignition rejects its config.",
  appliesTo: typesWithIgnition,
  check({ type, props }, report) {
    for (const { path, ignition } of ignitionOf(type, props)) {
      // Versions 3.0 to 3.3 are subsets of 3.4; later versions can have unknown keys.
      const version = /^3\.(\d+)\.0$/.exec(`${ignition.ignition.version}`);
      if (version && Number(version[1]) > 4) continue;
      const config = version ? { ...ignition, ignition: { ...ignition.ignition, version: "3.4.0" } } : ignition;
      for (const issue of validate(config).errors) {
        report({ given: `${path} ${issue.path}: ${issue.message}`, allowed: "a valid Ignition config" });
      }
    }
  },
});

export const ignitionRemoteVerified = resourcePolicy<Props>({
  name: "ignition-remote-verified",
  description: "Every remote source of an Ignition config has a hash, and the config has a total timeout.",
  severity: "high",
  remediation: "add verification.hash (sha512-...) to the source and ignition.timeouts.httpTotal to the config.",
  appliesTo: typesWithIgnition,
  check({ type, props }, report) {
    for (const { path, ignition } of ignitionOf(type, props)) {
      const remote = remoteSources(ignition, "$");
      for (const source of remote.filter((one) => !one.verified)) {
        const given = `${path} ${source.path} fetches ${source.shown} without verification.hash`;
        report({ given, allowed: "a sha512 or sha256 hash" });
      }
      if (remote.length > 0 && !ignition.ignition.timeouts?.httpTotal) {
        report({
          given: `${path} fetches without ignition.timeouts.httpTotal, so without a time limit`,
          allowed: "a number of seconds",
        });
      }
    }
  },
});

export const ignitionNoPasswordLogins = resourcePolicy<Props>({
  name: "ignition-no-password-logins",
  description: "Users log in to machines only with SSH keys: no passwords, and no automatic logins.",
  severity: "high",
  remediation: "log in only with SSH keys (passwd.users.sshAuthorizedKeys).",
  appliesTo: typesWithIgnition,
  check({ type, props }, report) {
    for (const { path, ignition } of ignitionOf(type, props)) {
      for (const user of objects(ignition.passwd?.users)) {
        const hash = text(user.passwordHash);
        if (hash !== undefined && !/^[*!]/.test(hash)) {
          report({ given: `${path} gives user ${user.name} a passwordHash`, allowed: "no passwordHash" });
        }
      }
      for (const file of objects(ignition.storage?.files)) {
        if (!/^\/etc\/ssh\/sshd_config(\.d\/.+)?$/.test(`${file.path}`)) continue;
        for (const contents of [...objects(file.contents), ...objects(file.append)]) {
          for (const setting of passwordSettings(decodedContents(contents))) {
            report({ given: `${path} ${file.path} sets ${setting}`, allowed: "no" });
          }
        }
      }
      for (const unit of objects(ignition.systemd?.units)) {
        const contents = strings([unit, ...objects(unit.dropins)].map((part) => part.contents));
        if (contents.some((one) => one.includes("--autologin"))) {
          report({ given: `${path} unit ${unit.name} logs in automatically`, allowed: "no --autologin" });
        }
      }
    }
  },
});

function passwordSettings(contents: string | undefined): string[] {
  const settings = /^[ \t]*(PasswordAuthentication|KbdInteractiveAuthentication|PermitEmptyPasswords)[ \t=]+yes\b/gim;
  return [...(contents ?? "").matchAll(settings)].map(([, setting]) => `${setting} yes`);
}

// One inner line identifies a PEM: line breaks can differ in the checked text.
function needleOf(secret: string): string {
  const lines = secret.split("\n");
  return secret.startsWith("-----BEGIN") ? (lines[1] ?? secret) : secret;
}

function readableTexts(resource: StackChecked): { path: string; text: string }[] {
  const { type, props } = resource;
  const none = new Set<string>();
  const named = [...(readableProperties[type] ?? []), ...(type.startsWith("aws:") ? ["tags", "tagsAll"] : [])];
  const values = type.startsWith("paasmas:")
    ? partsOf(props, none, "facts")
    : isReadableObject(type)
      ? partsOf(props, none, "manifest")
      : named.flatMap((property) => partsOf(props[property], none, property));
  const userData = typesWithUserData.includes(type)
    ? userDataOf(type, props).flatMap(({ path, text: content, ignition }) => [
        { path, text: content },
        ...(ignition ? partsOf(ignition, none, path) : []),
      ])
    : [];
  return [...values, ...userData];
}

// Helm stores the values of a release in a Secret.
function isReadableObject(type: string): boolean {
  return /^kubernetes:(?!helm\.sh\/)/.test(type) && !/:Secret(List|Patch)?$/.test(type);
}

interface RemoteSource {
  path: string;
  /** The URL without its query, which may be a bearer secret. */
  shown: string;
  verified: boolean;
}

function remoteSources(value: unknown, path: string): RemoteSource[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => remoteSources(item, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return [];
  const { source, verification } = value as { source?: unknown; verification?: { hash?: unknown } };
  const url = text(source);
  const own =
    url !== undefined && /^(https?|s3|gs|tftp|arn):/.test(url)
      ? [{ path, shown: url.split("?")[0]!, verified: text(objects(verification)[0]?.hash) !== undefined }]
      : [];
  const below = Object.entries(value).flatMap(([key, item]) => remoteSources(item, `${path}.${key}`));
  return [...own, ...below];
}
