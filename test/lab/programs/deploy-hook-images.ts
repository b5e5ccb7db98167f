import images from "../../../ignition/roles/images.json" with { type: "json" };
import type { Machine } from "../machines.ts";

/**
 * Apps to deploy. Each is HAProxy, an image that every node has: it keeps connections open, takes 0.4 s for `/slow`,
 * and stops in order on a signal.
 */
export const appImages: Record<string, { config?: string; command?: string }> = {
  v1: { config: app("v1") },
  v2: { config: app("v2") },
  v3: { config: app("v3") },
  v4: { config: app("v4") },
  // Serves, but its health check fails.
  unwell: { config: app("unwell", "return status 503 content-type text/plain string no if { path /healthz }") },
  // Healthy until it serves: fails from its fourth check on.
  fading: {
    config: app(
      "fading",
      "track-sc0 int(1) table checks if { path /healthz }\n" +
        "\thttp-request return status 503 content-type text/plain string no " +
        "if { path /healthz } { sc0_http_req_cnt(checks) gt 3 }",
    ),
  },
  // Ends without a signal.
  ending: { command: '["/bin/bash", "-c", "echo the database is not there; exit 3"]' },
};

function app(version: string, rule?: string): string {
  return `defaults
	mode http
	timeout connect 1s
	timeout client 60s
	timeout server 60s
	timeout tarpit 400ms
frontend app
	bind :8080
	${rule === undefined ? "" : `http-request ${rule}\n\t`}http-request tarpit deny_status 200 if { path /slow }
	http-request return status 200 content-type text/plain string "${version}\\n"
backend checks
	stick-table type integer size 10 store http_req_cnt
`;
}

/**
 * Builds an app's image on a machine with push access, and pushes it.
 * @returns Its digest.
 */
export async function pushApp(machine: Machine, repository: string, version: string): Promise<string> {
  const { config, command = '["haproxy", "-W", "-db", "-f", "/app.cfg"]' } = appImages[version]!;
  const script = `
    set -euo pipefail
    folder=$(mktemp -d)
    cat >"$folder/app.cfg"
    printf 'FROM %s\\nCOPY app.cfg /app.cfg\\nENTRYPOINT []\\nCMD %s\\n' "$1" "$2" >"$folder/Dockerfile"
    podman build --quiet --tag "$3:$4" "$folder" >/dev/null
    podman push --quiet --digestfile="$folder/digest" "$3:$4" >/dev/null
    cat "$folder/digest"`;
  const digest = await machine.exec(
    ["bash", "-c", script, "push", images.haproxy, command, repository, version],
    config ?? "",
  );
  return digest.trim();
}

/**
 * Pushes an image that every node has.
 * @returns Its digest.
 */
export async function pushImage(machine: Machine, image: string, repository: string): Promise<string> {
  await machine.exec(["podman", "push", "--quiet", "--digestfile=/tmp/digest", image, `${repository}:lab`]);
  return (await machine.exec(["cat", "/tmp/digest"])).trim();
}
