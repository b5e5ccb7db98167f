import { validate } from "../ignition/index.ts";
import {
  decodedContents,
  ignitionOf,
  partsOf,
  typesWithIgnition,
  typesWithUserData,
  userDataLimit,
  userDataOf,
} from "./carriers.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { secretsIn } from "./secrets.ts";
import { objects, strings, text } from "./values.ts";

type Props = Record<string, unknown>;

// Public by nature, or judged by another policy: keys that may log in, hashes, and the pointer's own source.
const publicKeys = new Set(["sshAuthorizedKeys", "verification", "config", "name", "path"]);

export const userDataNoSecrets = resourcePolicy<Props>({
  name: "user-data-no-secrets",
  description:
    "User data, which every process on the machine can read, holds no secret: no key, token, password or its hash.",
  severity: "critical",
  ids: ["CKV_AWS_46"],
  remediation: "deliver the config through the object store and keep a pointer with its hash in user data.",
  appliesTo: typesWithUserData,
  check({ type, props }, report) {
    for (const { path, text: content, ignition } of userDataOf(type, props)) {
      const parts = ignition ? partsOf(ignition, publicKeys) : [{ path: "", text: content }];
      const findings = parts.flatMap((part) =>
        secretsIn(part.text).map(({ what }) => `${path}${part.path.slice(1)} holds ${what}`),
      );
      for (const user of objects(ignition?.passwd?.users)) {
        if (text(user.passwordHash)) findings.push(`${path}.passwd holds a password hash of ${user.name}`);
      }
      for (const given of new Set(findings)) report({ given, allowed: "nothing secret" });
    }
  },
});

// Outputs that are secrets by their nature.
const generators: Record<string, readonly string[]> = {
  "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
  "random:index/randomBytes:RandomBytes": ["base64", "hex"],
  "tls:index/privateKey:PrivateKey": ["privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"],
  "aws:iam/accessKey:AccessKey": ["secret", "sesSmtpPasswordV4"],
};
// Properties that are neither encrypted nor kept from anybody who may look at the resource.
const openProperties: Record<string, readonly string[]> = {
  "openstack:compute/instance:Instance": ["metadata", "tags"],
  "docker:index/container:Container": ["envs", "labels", "command", "entrypoints"],
  "aws:lambda/function:Function": ["environment"],
};

export const generatedSecretsContained = stackPolicy({
  name: "generated-secrets-contained",
  description:
    "No password or private key that the program generates shows up in user data, tags, labels, environments, plan facts or Kubernetes objects but Secrets.",
  severity: "critical",
  ids: ["CKV_AWS_45", "CKV_AWS_46"],
  remediation: "deliver the secret through the object store, or by reference.",
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
    // The same few tags are everywhere.
    const known = new Map<string, string | undefined>();
    const secretIn = (content: string) => {
      if (!known.has(content)) known.set(content, secrets.find(({ needle }) => content.includes(needle))?.origin);
      return known.get(content);
    };
    for (const resource of resources) {
      for (const place of openPlaces(resource)) {
        const origin = secretIn(place.text);
        if (origin) report(resource, { given: `${place.path} holds ${origin}`, allowed: "nothing secret" });
      }
    }
  },
});

export const userDataSize = resourcePolicy<Props>({
  name: "user-data-size",
  description: "User data is no larger than its cloud takes.",
  severity: "medium",
  remediation: "deliver the config through the object store and keep a pointer with its hash in user data.",
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
  description: "Every Ignition config is one that Ignition accepts.",
  severity: "high",
  remediation: "correct the config; a machine with a config that Ignition refuses does not come up.",
  appliesTo: typesWithIgnition,
  check({ type, props }, report) {
    for (const { path, ignition } of ignitionOf(type, props)) {
      // Versions 3.0 to 3.3 are subsets of 3.4; a later one may hold what is not known here.
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
  description: "What an Ignition config fetches is pinned by a hash, and the fetch ends.",
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
          given: `${path} fetches without ignition.timeouts.httpTotal, so for ever`,
          allowed: "a number of seconds",
        });
      }
    }
  },
});

export const ignitionNoPasswordLogins = resourcePolicy<Props>({
  name: "ignition-no-password-logins",
  description: "Nobody logs in to a machine with a password, or without one.",
  severity: "high",
  remediation: "log in with SSH keys (passwd.users.sshAuthorizedKeys) only.",
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
            report({ given: `${path} ${file.path} says ${setting}`, allowed: "no" });
          }
        }
      }
      for (const unit of objects(ignition.systemd?.units)) {
        const contents = strings([unit, ...objects(unit.dropins)].map((part) => part.contents));
        if (contents.some((one) => one.includes("--autologin"))) {
          report({ given: `${path} unit ${unit.name} logs in by itself`, allowed: "no --autologin" });
        }
      }
    }
  },
});

function passwordSettings(contents: string | undefined): string[] {
  const settings = /^[ \t]*(PasswordAuthentication|KbdInteractiveAuthentication|PermitEmptyPasswords)[ \t=]+yes\b/gim;
  return [...(contents ?? "").matchAll(settings)].map(([, setting]) => `${setting} yes`);
}

// A PEM is split into lines wherever it goes; one line of the middle is as telling as the whole.
function needleOf(secret: string): string {
  const lines = secret.split("\n");
  return secret.startsWith("-----BEGIN") ? (lines[1] ?? secret) : secret;
}

function openPlaces(resource: StackChecked): { path: string; text: string }[] {
  const { type, props } = resource;
  const none = new Set<string>();
  const named = [...(openProperties[type] ?? []), ...(type.startsWith("aws:") ? ["tags", "tagsAll"] : [])];
  const values = type.startsWith("paasmas:")
    ? partsOf(props, none, "facts")
    : isOpenObject(type)
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

// Helm keeps the values of a release in a Secret of its own.
function isOpenObject(type: string): boolean {
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
