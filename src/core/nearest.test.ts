import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { nearest, nearestOrShorter } from "./nearest.ts";

const COMMANDS = ["status", "init", "env", "exec", "token", "cache clear", "setup aws"];

describe("did you mean", () => {
  for (const [typed, meant] of [
    ["stauts", "status"],
    ["statu", "status"],
    ["STATUS", "status"],
    ["evn", "env"],
    ["cache claer", "cache clear"],
    ["setup awz", "setup aws"],
    ["cache", "cache clear"],
    ["ca", null],
    ["e", null],
    ["deploy", null],
    ["x", null],
    ["", null],
  ] as const) {
    test(`${typed || "nothing"}: ${meant ?? "nothing is near"}`, () => assert.equal(nearest(typed, COMMANDS), meant));
  }

  test("completes a word only where one goes on from it", () => {
    assert.equal(nearest("role", new Set(["identity", "roleArn", "region"]).keys()), "roleArn");
    assert.equal(nearest("policy", ["policyArns", "policyFile"]), null);
  });

  test("shortens a flag or a command to the one that it goes on from after a dash, if there is only one, and no value", () => {
    assert.equal(nearestOrShorter("role-arn", ["region", "role", "role-name"]), "role");
    assert.equal(nearestOrShorter("aws-profile", ["aws", "gcp"]), "aws");
    assert.equal(nearestOrShorter("stauts", COMMANDS), "status");
    assert.equal(nearestOrShorter("rolearn", ["role"]), null);
    assert.equal(nearestOrShorter("dev-eu-long-name", ["dev", "dev-eu"]), null);
    assert.equal(nearest("aws-gov", ["aws", "aws-us-gov"]), null);
  });

  test("of a page typed in place of a word is nothing, and costs nothing", () => {
    const before = process.cpuUsage();
    assert.equal(
      nearest(
        "x".repeat(100_000),
        Array.from({ length: 100 }, () => "eu-central-1"),
      ),
      null,
    );
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 500_000, `${user + system} µs`);
  });

  test("of one letter is only the same one", () => {
    assert.equal(nearest("c", ["a", "b"]), null);
    assert.equal(nearest("A", ["a", "b"]), "a");
  });

  test("is the nearest of several, and the first of those that are alike", () => {
    assert.equal(nearest("prodd", ["prog", "prod"]), "prod");
    assert.equal(nearest("dav", ["dev", "day"]), "dev");
  });

  test("finds every word with two neighbours swapped", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (word, at) => {
        const index = at % (word.length - 1);
        const swapped = word.slice(0, index) + word[index + 1] + word[index] + word.slice(index + 2);
        assert.equal(nearest(swapped, [word]), word);
      }),
    );
  });
});
