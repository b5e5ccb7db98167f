import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import {
  marks,
  newLogin,
  patch,
  type Secret,
  signed,
  wants,
} from "../../../components/paas-cluster/registry-login/refresh.mts";

const host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const now = new Date("2026-11-21T12:00:00Z");
const login = (hours: number) => ({
  username: "AWS",
  password: "pass:word",
  expiresAt: new Date(now.getTime() + hours * 3_600_000),
});
const base64 = (text: string) => Buffer.from(text).toString("base64");
const platform: Secret = {
  metadata: { name: "builder-secret", namespace: "drycc" },
  data: { "registry-password": base64("old"), "storage-bucket": base64("b") },
};
const pull: Secret = {
  metadata: { name: "private-registry-web-off-cluster", namespace: "shop" },
  data: { ".dockerconfigjson": base64("{}") },
};

/** Result of a patch in the API server. */
function applied(secret: Secret, hours: number): Secret {
  const { metadata, data } = patch(secret, host, login(hours));
  return { metadata: { ...secret.metadata, annotations: metadata.annotations }, data: { ...secret.data, ...data } };
}

describe("the script that renews logins to ECR", () => {
  test("signs requests in the same way as AWS (AWS example post-vanilla)", () => {
    const { authorization, ...headers } = signed({
      url: "https://example.amazonaws.com/",
      region: "us-east-1",
      service: "service",
      headers: {},
      body: "",
      accessKey: "AKIDEXAMPLE",
      secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      now: new Date("2015-08-30T12:36:00Z"),
    });
    expect(authorization).toBe(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    );
    expect(headers).toEqual({ "x-amz-date": "20150830T123600Z" });
  });

  test("writes only the fields of each Secret that its readers use", () => {
    expect(patch(platform, host, login(12)).data).toEqual({
      "registry-username": base64("AWS"),
      "registry-password": base64("pass:word"),
    });
    expect(patch(pull, host, login(12)).data).toEqual({
      ".dockerconfigjson": base64(JSON.stringify({ auths: { [host]: { auth: base64("AWS:pass:word") } } })),
    });
    expect(patch(pull, host, login(12)).metadata.annotations).toMatchObject({
      [marks.expires]: "2026-11-22T00:00:00.000Z",
    });
  });

  test.each([
    ["the platform's", platform],
    ["an app's", pull],
  ])("keeps %s login for four of its twelve hours", (_, secret) => {
    expect(wants(secret, host, now)).toBe("has no login of this job");
    expect([12, 8].map((hours) => wants(applied(secret, hours), host, now))).toEqual([undefined, undefined]);
    expect([7.99, 0.5, -1].map((hours) => wants(applied(secret, hours), host, now))).toEqual([
      "ends in 8.0 hours",
      "ends in 0.5 hours",
      "ends in -1.0 hours",
    ]);
  });

  test.each([
    ["another password", platform, { "registry-password": base64("other") }],
    ["no password", platform, { "registry-password": "" }],
    [
      "another login",
      pull,
      { ".dockerconfigjson": base64(JSON.stringify({ auths: { [host]: { auth: base64("AWS:other") } } })) },
    ],
    [
      "another host's",
      pull,
      { ".dockerconfigjson": base64(JSON.stringify({ auths: { other: { auth: base64("AWS:pass:word") } } })) },
    ],
    ["no JSON", pull, { ".dockerconfigjson": base64("{") }],
  ])("detects that the Secret was overwritten: %s", (_, secret, data) => {
    const ours = applied(secret, 12);
    expect(wants({ ...ours, data: { ...ours.data, ...data } }, host, now)).toBe("was overwritten");
  });

  test.each([
    ["{}", "answers without a login"],
    [
      JSON.stringify({ authorizationData: [{ authorizationToken: base64("AWS"), expiresAt: 1 }] }),
      "answers without a login",
    ],
  ])("rejects an answer without a login: %s", async (body, message) => {
    const server = createServer((_, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(newLogin(endpoint, "eu-central-1", { accessKey: "a", secretKey: "s" })).rejects.toThrow(message);
    server.close();
  });
});
