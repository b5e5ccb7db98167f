import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Config } from "../../../ignition/index.ts";
import { roles } from "./role-folder.ts";

export interface InstalledFile {
  path: string;
  mode: number;
  /** Number of the owner; 0 is root. */
  uid: number;
  text: string;
}

/** The files that a config installs, with the contents on the machine. */
export function installedFiles(config: Config): InstalledFile[] {
  return (config.storage?.files ?? []).map(({ path, mode = 0o644, user, contents }) => ({
    path,
    mode,
    uid: user?.id ?? 0,
    text: decoded(contents?.source ?? "data:,", contents?.compression),
  }));
}

function decoded(source: string, compression?: string | null): string {
  const [, base64, data] = /^data:[^,]*?(;base64)?,([\s\S]*)$/.exec(source) ?? [];
  if (data === undefined) throw new Error(`${source.slice(0, 60)} is not a data URL`);
  const bytes = base64 ? Buffer.from(data, "base64") : Buffer.from(decodeURIComponent(data), "utf8");
  return (compression === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** Contents of all files in the folder of the roles. */
const repositoryFiles = new Set(
  readdirSync(roles, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8")),
);

/** Text form of a config for snapshots: one line per node, then the generated files without files of the repository. */
export function readable(config: Config): string {
  const isFetched = (source?: string | null) => source?.startsWith("data:") === false;
  const [fetched, own] = [true, false].map((remote) =>
    (config.storage?.files ?? []).filter(({ contents }) => isFetched(contents?.source) === remote),
  );
  const files = installedFiles({ ...config, storage: { files: own } });
  const lines = [
    ...(config.passwd?.users ?? []).map((user) => `user ${user.name} ${(user.sshAuthorizedKeys ?? []).join(" ")}`),
    ...(config.storage?.directories ?? []).map(({ path, mode = 0o755 }) => `directory ${path} ${mode.toString(8)}`),
    ...files.map(({ path, mode, uid }) => `file ${path} ${mode.toString(8)} uid ${uid}`),
    ...fetched!.map(
      ({ path, mode = 0o644, contents }) =>
        `file ${path} ${mode.toString(8)} from ${contents?.source} ${contents?.verification?.hash}`,
    ),
    ...(config.systemd?.units ?? []).map(
      ({ name, enabled, mask, dropins }) =>
        `unit ${name}${enabled ? " enabled" : ""}${mask ? " masked" : ""}` +
        (dropins ?? []).map((one) => `\n  ${one.name}: ${JSON.stringify(one.contents)}`).join(""),
    ),
  ];
  const generated = files.filter(({ text }) => !repositoryFiles.has(text));
  return `${lines.join("\n")}\n\n${generated.map(({ path, text }) => `==> ${path}\n${text}`).join("\n")}`;
}
