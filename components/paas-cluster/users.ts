import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ConfigMap, Job, Secret } from "../internal/kubernetes-sdk.ts";
import { podSecurity } from "./pods.ts";

const program = readFileSync(new URL("users/users.py", import.meta.url), "utf8");

/** User of the platform. */
interface PlatformUser {
  username: string;
  /** Secret. */
  password: pulumi.Output<string>;
  email: string;
  /** Whether the user is an administrator. */
  administrator: boolean;
}

export interface UsersArgs {
  /** Namespace of the platform. */
  namespace: pulumi.Input<string>;
  users: readonly PlatformUser[];
  /** Image tag of the login service, the same as in the chart. */
  imageTag: string;
  /** Whether the login service's database is outside of the cluster. */
  databaseOutside: boolean;
}

const folders = { program: "/opt/paasmas", users: "/run/users" };

/** Name of the job, and of its ConfigMap and Secret. */
const name = "paasmas-users";

/**
 * Creates users in the platform's login service with a job, so that no user needs an invitation or types a first
 * password. The job runs again when a user or a password changes. It does not change other users.
 */
export function platformUsers(
  parent: string,
  { namespace, users, imageTag, databaseOutside }: UsersArgs,
  opts: pulumi.CustomResourceOptions,
): Job {
  const list = pulumi.secret(
    pulumi.all(
      users.map(({ password, ...user }) => pulumi.output(password).apply((given) => ({ ...user, password: given }))),
    ),
  );
  const text = pulumi.jsonStringify(list);
  const metadata = { name, namespace };
  const source = new ConfigMap(`${parent}-users`, { metadata, data: { "users.py": program } }, opts);
  const wanted = new Secret(`${parent}-users`, { metadata, stringData: { "users.json": text } }, opts);
  return new Job(
    `${parent}-users`,
    {
      metadata: { namespace },
      spec: {
        backoffLimit: 6,
        activeDeadlineSeconds: 900,
        template: {
          // A job runs once. Another hash replaces the job.
          metadata: {
            labels: { app: name },
            annotations: { "paasmas/users": text.apply((given) => createHash("sha256").update(given).digest("hex")) },
          },
          spec: podSpec(imageTag, databaseOutside, source, wanted),
        },
      },
    },
    { ...opts, replaceOnChanges: ["spec"], deleteBeforeReplace: true },
  );
}

function podSpec(imageTag: string, databaseOutside: boolean, source: ConfigMap, wanted: Secret) {
  const { runAsNonRoot, seccompProfile } = podSecurity;
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    // Without runAsUser: the image sets a numeric user.
    securityContext: { runAsNonRoot, seccompProfile, fsGroup: podSecurity.runAsGroup },
    containers: [
      {
        name: "users",
        image: `registry.drycc.cc/drycc/passport:${imageTag}`,
        args: ["/usr/bin/env", "bash", "-ec", `python -u /workspace/manage.py shell < ${folders.program}/users.py`],
        env: [
          { name: "DJANGO_SETTINGS_MODULE", value: "api.settings.production" },
          { name: "USERS", value: `${folders.users}/users.json` },
          { name: "LOGIN_URL", value: "http://drycc-controller-api/v2/auth/login" },
          ...databaseVariables(databaseOutside),
        ],
        resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        volumeMounts: [
          { name: "program", mountPath: folders.program, readOnly: true },
          { name: "users", mountPath: folders.users, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "program", configMap: { name: source.metadata.name } },
      { name: "users", secret: { secretName: wanted.metadata.name, defaultMode: 0o440 } },
    ],
  };
}

/** Variables of the login service's database, the same as in the jobs of the chart. */
function databaseVariables(databaseOutside: boolean) {
  const fromSecret = (variable: string, secret: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: secret, key } },
  });
  if (databaseOutside) return [fromSecret("DRYCC_DATABASE_URL", "passport-creds", "database-url")];
  return [
    fromSecret("DRYCC_DATABASE_USER", "database-creds", "user"),
    fromSecret("DRYCC_DATABASE_PASSWORD", "database-creds", "password"),
    {
      name: "DRYCC_DATABASE_URL",
      value: "postgres://$(DRYCC_DATABASE_USER):$(DRYCC_DATABASE_PASSWORD)@drycc-database:5432/passport",
    },
  ];
}
