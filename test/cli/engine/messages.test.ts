import { describe, expect, test } from "vitest";
import { orphanProblem } from "../../../cli/engine/orphans.ts";
import { ownCommands } from "../../../cli/engine/own-commands.ts";

describe("an error about a resource that is not in the state", () => {
  test.each([
    [
      "a server",
      'Error creating OpenStack server: Expected HTTP response code [200 202] but got 409 instead, error: {"conflictingRequest": ' +
        '{"code": 409, "message": "Port 0a1b is still in use."}}',
      ["port 0a1b belongs to a server", "openstack server delete $(openstack port show 0a1b"],
    ],
    [
      "a role on AWS",
      "operation error IAM: CreateRole, EntityAlreadyExists: Role with name gate already exists.",
      ["EntityAlreadyExists", "another checkout created it", "After an interruption"],
    ],
  ])("explains %s, with the one thing to do", (_, message, expected) => {
    const text = orphanProblem(message);
    for (const part of expected) expect(text).toContain(part);
    expect(text).not.toContain("\n");
  });

  test.each(["the quota is used up", "Port 3306 is not allowed", "1 error occurred"])("leaves %j alone", (message) => {
    expect(orphanProblem(message)).toBeUndefined();
  });
});

test.each([
  [
    "use the command `pulumi state unprotect 'urn:x::a$b'`",
    "`npm run pulumi -- state unprotect 'urn:x::a$b' --stack dev`",
  ],
  ["run `pulumi up` to", "`npm run up -- dev` to"],
  ["by running 'pulumi refresh'", "'npm run pulumi -- refresh --stack dev'"],
  ["run `pulumi plugin install resource aws v7` to", "`npm run pulumi -- plugin install resource aws v7` to"],
  ["file with `pulumi cancel --stack dev`.", "`npm run pulumi -- cancel --stack dev`."],
])("prints a command of the engine as one that works here: %s", (message, expected) => {
  expect(ownCommands(message, "dev")).toContain(expected);
});

test("leaves texts without commands alone", () => {
  const text = "the pulumi engine and `docker ps`";
  expect(ownCommands(text, "dev")).toBe(text);
});
