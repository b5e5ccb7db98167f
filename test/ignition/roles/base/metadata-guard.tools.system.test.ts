import { execFileSync } from "node:child_process";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";
import { missing, rootEnv } from "../requirements.ts";

const reason = missing({
  root: true,
  programs: ["nft", "ip", "unshare", "nsenter", "setpriv", "curl"],
  commands: {
    "no network namespace can be had": "unshare --net true",
    "a network namespace has no packet filter here": "unshare --net nft list ruleset",
    "network namespaces cannot be connected here": "unshare --net ip link add name one type veth peer name two",
  },
});

const server = `${process.execPath} -e 'require("http").createServer((_, answer) => answer.end("user data")).listen(80, "::", () => console.log("listening"))'`;

// Who asks for what, each a line "<who> <url> <answer or curl's exit code>".
const ask = `
ask() { # ask WHO URL COMMAND...
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

/** Runs a script on a machine that has the metadata service beside it, and nothing else of this machine's network. */
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

// The rules that machines load, in a network of their own.
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
  const answersTo = (who: string, lines: string[]) =>
    lines.filter((line) => line.startsWith(`${who} `)).map((line) => line.slice(who.length + 1));
  const metadata = ["169.254.169.254", "[fd00:ec2::254]"];
  const others = ["10.0.0.1", "[fd00:1::1]"];

  test("is needed: without it everybody reads the user data", () => {
    for (const who of ["root", "service", "container"]) {
      expect(answersTo(who, before)).toEqual([...metadata, ...others].map((url) => `${url} user data`));
    }
  });

  test("lets root through, over IPv4 and IPv6", () => {
    expect(answersTo("root", after)).toEqual([...metadata, ...others].map((url) => `${url} user data`));
  });

  test("refuses every other user at once, and nothing but the metadata service", () => {
    expect(answersTo("service", after)).toEqual([
      ...metadata.map((url) => `${url} refused (7)`),
      ...others.map((url) => `${url} user data`),
    ]);
  });

  test("refuses what is forwarded for a container, whoever it is there", () => {
    expect(answersTo("container", after)).toEqual([
      ...metadata.map((url) => `${url} refused (7)`),
      ...others.map((url) => `${url} user data`),
    ]);
  });

  test("can be loaded again, and leaves other rules alone", () => {
    const loaded = onMachine(
      `nft add table inet others; nft --file ${guard}; nft list ruleset; echo ===; nft --file ${guard}; nft list ruleset`,
    ).join("\n");
    const [once, twice] = loaded.split("\n===\n");
    expect(twice).toBe(once);
    expect(once!.match(/^table .*$/gm)).toEqual(["table inet others {", "table inet paasmas_metadata {"]);
  });
});
