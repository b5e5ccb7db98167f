import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The two questions of the OpenStack provider during a preview: a token, and the name of the external network. All other
 * requests end with 501. `folder` is a temporary folder for state.
 */
export async function startKeystone(): Promise<{ env: Record<string, string>; folder: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { port } = server.address() as AddressInfo;
    const answer = (status: number, body: object, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    request.resume();
    const { pathname, searchParams } = new URL(request.url!, `http://127.0.0.1:${port}`);
    if (pathname === "/v3/auth/tokens") {
      const catalog = Object.entries({ identity: "v3", network: "network", "object-store": "v1/AUTH_project" }).map(
        ([type, path]) => {
          const url = `http://127.0.0.1:${port}/${path}/`;
          return {
            type,
            name: type,
            endpoints: [{ interface: "public", region: "RegionOne", region_id: "RegionOne", url }],
          };
        },
      );
      const token = {
        expires_at: "2099-01-01T00:00:00.000000Z",
        user: { id: "user", name: "user", domain: { id: "default", name: "Default" } },
        project: { id: "project", name: "project", domain: { id: "default", name: "Default" } },
        roles: [{ id: "member", name: "member" }],
        catalog,
      };
      answer(201, { token }, { "x-subject-token": "token" });
    } else if (pathname === "/network/v2.0/networks") {
      const id = searchParams.get("id");
      answer(200, {
        networks: [{ id, name: "public", "router:external": true, status: "ACTIVE", subnets: [], tags: [] }],
      });
    } else answer(501, { error: { message: `the test does not answer ${request.method} ${pathname}` } });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), "paasmas-keystone-"));
  return {
    env: {
      OS_AUTH_URL: `http://127.0.0.1:${port}/v3`,
      OS_USERNAME: "user",
      OS_PASSWORD: "password",
      OS_PROJECT_NAME: "project",
      OS_USER_DOMAIN_NAME: "Default",
      OS_PROJECT_DOMAIN_NAME: "Default",
      OS_REGION_NAME: "RegionOne",
    },
    folder,
    close() {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
