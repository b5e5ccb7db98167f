import { type Config, config, file, unit } from "../../../ignition/index.ts";
import { type Port, readyScript } from "../../../ignition/roles/role.ts";
import type { Machine } from "../machines.ts";

/** A message from Alertmanager. */
export interface Message {
  status: "firing" | "resolved";
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
  /** Time of arrival, milliseconds since 1970. */
  received: number;
}

export const receiverPort: Port = { port: 9080, description: "alerts" };

/** A secret path, as real receivers use it. */
const path = "/hooks/6f1c";
const kept = "/var/lib/lab-alert-receiver";

export function receiverUrl(address: string): string {
  return `http://${address}:${receiverPort.port}${path}`;
}

const receive = `#!/bin/bash
# Takes one request, and keeps what it says in a line, with the time.
set -euo pipefail

read -r method path _
while IFS= read -r line && [[ $line != $'\\r' ]]; do
  if [[ \${line,,} == content-length:* ]]; then length=\${line//[^0-9]/}; fi
done
body=$(head -c "$length")
if [[ "$method $path" == "POST ${path}" ]]; then
  printf '%s %s\\n' "$(date +%s%3N)" "$(jq --compact-output . <<<"$body")" >>${kept}
  status="200 OK"
else
  status="404 Not Found"
fi
printf 'HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' "$status"
`;

/** A machine that receives alerts. */
export function receiverConfig(): Config {
  return config(
    file({
      path: readyScript,
      text: "#!/bin/bash\nexec systemctl is-active --quiet alert-receiver.socket\n",
      mode: 0o755,
    }),
    file({ path: "/opt/lab/receive", text: receive, mode: 0o755 }),
    unit({
      name: "alert-receiver.socket",
      text: `[Socket]\nListenStream=${receiverPort.port}\nAccept=yes\n[Install]\nWantedBy=sockets.target\n`,
      enabled: true,
    }),
    unit({ name: "alert-receiver@.service", text: "[Service]\nExecStart=/opt/lab/receive\nStandardInput=socket\n" }),
  );
}

/** Messages so far, in order. */
export async function messages(receiver: Machine): Promise<Message[]> {
  const text = await receiver.exec(["bash", "-c", `cat ${kept} 2>/dev/null || true`]);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [received, ...rest] = line.split(" ");
      return { ...(JSON.parse(rest.join(" ")) as Message), received: Number(received) };
    });
}
