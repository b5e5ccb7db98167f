import { execFileSync } from "node:child_process";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";
import { missing, rootEnv } from "../requirements.ts";

const reason = missing({
  root: true,
  programs: ["nft", "ip", "unshare", "nsenter", "setpriv", "curl"],
  commands: {
    "network namespaces are not available": "unshare --net true",
    "nftables does not work in a network namespace": "unshare --net nft list ruleset",
    "network namespaces cannot be connected": "unshare --net ip link add name one type veth peer name two",
  },
});

const program =
  'require("http").createServer((_, answer) => answer.end("user data"))' +
  '.listen(80, "::", () => console.log("listening"))';
const server = `${process.execPath} -e '${program}'`;

// Prints a line for each request: "<client> <url> <answer or exit code of curl>".
const ask = `
ask() { # ask CLIENT URL COMMAND...
  local answer
  answer=$("\${@:3}" curl --silent --globoff --max-time 5 "http://$2/") || answer="refused ($?)"
  echo "$1 $2 $answer"
}
all() {
  local url
  for url in 169.254.169.254 '[fd00:ec2::254]' 10.0.0.1 '[fd00:1::1]'; do
    ask root "$url" env
    ask service "$url" setpriv --reuid 999 --regid 999 --clear-groups
    ask container "$url" nsenter --target "$CONTAINER" --net
  done
}
`;

/** Runs a script in a network namespace that reaches a metadata service and nothing of the test machine's network. */
function onMachine(script: string): string[] {
  const network = `${import.meta.dirname}/metadata-network.sh`;
  const output = execFileSync("unshare", ["--net", "bash", network, server, "bash", "-euc", `${ask}${script}`], {
    env: rootEnv,
    encoding: "utf8",
    timeout: 60_000,
  });
  return output.trimEnd().split("\n");
}

const guard = `${roles}base/metadata-guard.nft`;

// Loads the real rules in a separate network namespace.
describe("metadata-guard", { timeout: 90_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  let before: string[] = [];
  let after: string[] = [];
  beforeAll(() => {
    if (reason !== undefined) return;
    const lines = onMachine(`all; nft --file ${guard}; all`);
    before = lines.slice(0, 12);
    after = lines.slice(12);
  });
  const answersTo = (client: string, lines: string[]) =>
    lines.filter((line) => line.startsWith(`${client} `)).map((line) => line.slice(client.length + 1));
  const metadata = ["169.254.169.254", "[fd00:ec2::254]"];
  const others = ["10.0.0.1", "[fd00:1::1]"];

  test("is necessary: without it every user can read the user data", () => {
    for (const client of ["root", "service", "container"]) {
      expect(answersTo(client, before)).toEqual([...metadata, ...others].map((url) => `${url} user data`));
    }
  });

  test("allows root over IPv4 and IPv6", () => {
    expect(answersTo("root", after)).toEqual([...metadata, ...others].map((url) => `${url} user data`));
  });

  test("rejects other users at once, for the metadata service only", () => {
    expect(answersTo("service", after)).toEqual([
      ...metadata.map((url) => `${url} refused (7)`),
      ...others.map((url) => `${url} user data`),
    ]);
  });

  test("rejects requests that are forwarded for a container, even from its root", () => {
    expect(answersTo("container", after)).toEqual([
      ...metadata.map((url) => `${url} refused (7)`),
      ...others.map((url) => `${url} user data`),
    ]);
  });

  test("can be loaded again and does not change other rules", () => {
    const loaded = onMachine(
      `nft add table inet others; nft --file ${guard}; nft list ruleset; ` +
        `echo ===; nft --file ${guard}; nft list ruleset`,
    ).join("\n");
    const [once, twice] = loaded.split("\n===\n");
    expect(twice).toBe(once);
    expect(once!.match(/^table .*$/gm)).toEqual(["table inet others {", "table inet paasmas_metadata {"]);
  });
});
