import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, test } from "vitest";

const reason =
  spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]).status === 0
    ? undefined
    : "python3 is not installed";
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const script = readFileSync(
  fileURLToPath(new URL("../../../components/paas-cluster/users/users.py", import.meta.url)),
  "utf8",
);

/** The part of Django that the script uses, with users in a file. */
const django = `
import json, os
path = os.environ["STORE"]
rows = json.load(open(path))
class User:
    def __init__(self, **fields):
        self.__dict__.update({"is_active": True, "is_staff": False, "is_superuser": False, "password": "!", **fields})
    def check_password(self, raw): return self.password == "hashed:" + raw
    def set_password(self, raw): self.password = "hashed:" + raw
    def save(self):
        rows[self.username] = self.__dict__
        json.dump(rows, open(path, "w"))
class objects:
    @staticmethod
    def get_or_create(username, defaults):
        if username in rows: return User(**rows[username]), False
        if any(row["email"] == defaults["email"] for row in rows.values()): raise ValueError("email is taken")
        user = User(username=username, **defaults)
        user.save()
        return user, True
User.objects = objects
def get_user_model(): return User
`;

type Row = Record<string, unknown>;

/** Runs the script for existing users, against a controller that answers logins with a status. */
async function run(users: object[], rows: Record<string, Row>, status: (username: string) => number = () => 200) {
  const dir = mkdtempSync(join(tmpdir(), "paasmas-users-"));
  const logins: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const login = JSON.parse(body) as { username: string };
    logins.push([request.url, login]);
    response.writeHead(status(login.username)).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    mkdirSync(join(dir, "django/contrib/auth"), { recursive: true });
    for (const folder of ["django", "django/contrib"]) writeFileSync(join(dir, folder, "__init__.py"), "");
    writeFileSync(join(dir, "django/contrib/auth/__init__.py"), django);
    writeFileSync(join(dir, "rows.json"), JSON.stringify(rows));
    writeFileSync(join(dir, "users.json"), JSON.stringify(users));
    const env = {
      PATH: process.env.PATH,
      PYTHONPATH: dir,
      STORE: join(dir, "rows.json"),
      USERS: join(dir, "users.json"),
      LOGIN_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/auth/login`,
    };
    const done = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile("python3", ["-"], { env }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
      child.stdin!.end(script);
    });
    return { ...done, logins, rows: JSON.parse(readFileSync(join(dir, "rows.json"), "utf8")) as Record<string, Row> };
  } finally {
    server.close();
    rmSync(dir, { recursive: true });
  }
}

const users = [
  { username: "admin", email: "admin@apps.example.com", administrator: true, password: "first-password" },
  { username: "delivery", email: "delivery@apps.example.com", administrator: false, password: "second-password" },
];
const made = {
  admin: {
    username: "admin",
    email: "admin@apps.example.com",
    is_active: true,
    is_staff: true,
    is_superuser: true,
    password: "hashed:first-password",
  },
  delivery: {
    username: "delivery",
    email: "delivery@apps.example.com",
    is_active: true,
    is_staff: false,
    is_superuser: false,
    password: "hashed:second-password",
  },
};

describe("the script that creates the platform's users", () => {
  test("creates them, and checks that both can log in", async () => {
    const { code, stdout, rows, logins } = await run(users, {});
    expect([code, stdout]).toEqual([0, "admin: created\ndelivery: created\nadmin: can log in\ndelivery: can log in\n"]);
    expect(rows).toEqual(made);
    expect(logins).toEqual([
      ["/v2/auth/login", { username: "admin", password: "first-password" }],
      ["/v2/auth/login", { username: "delivery", password: "second-password" }],
    ]);
  });

  test("changes no users in the second run", async () => {
    const other = {
      username: "ann",
      email: "ann@example.com",
      is_active: true,
      is_staff: false,
      is_superuser: false,
      password: "hashed:hers",
    };
    const { code, stdout, rows } = await run(users, { ...made, ann: other });
    expect([code, stdout.split("\n").slice(0, 2)]).toEqual([0, ["admin: unchanged", "delivery: unchanged"]]);
    expect(rows).toEqual({ ...made, ann: other });
  });

  test("restores the password, the rights and the lock of its users", async () => {
    const changed = {
      admin: { ...made.admin, password: "hashed:old", is_active: false },
      delivery: { ...made.delivery, is_superuser: true },
    };
    const { code, stdout, rows } = await run(users, changed);
    expect([code, stdout.split("\n").slice(0, 2)]).toEqual([
      0,
      ["admin: is_active, password", "delivery: is_superuser"],
    ]);
    expect(rows).toEqual(made);
  });

  test("fails if the controller rejects a login, but not if the login service is not reachable yet", async () => {
    const refused = await run(users, {}, (username) => (username === "delivery" ? 400 : 200));
    expect([refused.code, refused.stderr]).toEqual([1, "delivery: cannot log in (400)\n"]);
    const early = await run(users, {}, () => 502);
    expect([early.code, early.stdout]).toEqual([
      0,
      expect.stringContaining("admin: no login yet (502); check the DNS records of the domain\n"),
    ]);
    for (const { stdout, stderr } of [refused, early])
      expect(`${stdout}${stderr}`).not.toMatch(/first-password|second-password/);
  });
});
