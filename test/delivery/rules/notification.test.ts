import { describe, expect, test } from "vitest";
import { notification, type RunEnd } from "../../../delivery/rules/notification.ts";

const run: RunEnd = {
  repository: "example/shop",
  branch: "main",
  result: "success",
  previous: "success",
  url: "https://ci.example.com/1/",
};

describe("the notification of", () => {
  test.each<[string, Partial<RunEnd>, boolean, string, string]>([
    [
      "a failure",
      { result: "failure", stage: "capacity" },
      true,
      "failed: example/shop main in capacity",
      "example/shop main failed in capacity.\nhttps://ci.example.com/1/\n",
    ],
    [
      "a second failure",
      { result: "failure", previous: "failure" },
      true,
      "failed: example/shop main",
      "example/shop main failed, as before.\nhttps://ci.example.com/1/\n",
    ],
    [
      "a recovery",
      { previous: "failure" },
      true,
      "fixed: example/shop main",
      "example/shop main is fixed.\nhttps://ci.example.com/1/\n",
    ],
    [
      "a release",
      { cycleSeconds: 754 },
      true,
      "released: example/shop main",
      "example/shop main is in production, 12 min 34 s after its newest commit.\nhttps://ci.example.com/1/\n",
    ],
    ["a success", {}, false, "success: example/shop main", "example/shop main: success.\nhttps://ci.example.com/1/\n"],
    [
      "a first success",
      { previous: null },
      false,
      "success: example/shop main",
      "example/shop main: success.\nhttps://ci.example.com/1/\n",
    ],
    [
      "an aborted run",
      { result: "aborted", previous: "failure" },
      false,
      "aborted: example/shop main",
      "example/shop main: aborted.\nhttps://ci.example.com/1/\n",
    ],
  ])("%s has the documented content", (_, more, send, subject, text) => {
    expect(notification({ ...run, ...more })).toEqual({ send, subject, text });
  });
});
