import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { BASH, checkReadBack, hostileValue, SH } from "../../../test/contracts/env-shell.ts";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import { Fault } from "../../core/fault.ts";
import { awsEnvironment } from "../../wire/aws-config/environment.ts";
import { guessSyntax } from "./guess-syntax.ts";
import { ENV_SYNTAXES, type EnvSyntax, renderEnvironment } from "./syntaxes.ts";

function one(syntax: EnvSyntax, value: string): string {
  return renderEnvironment(syntax, { set: { NAME: value }, unset: [] });
}

function isUnquotable(error: unknown): boolean {
  return error instanceof Fault && error.code === "VALUE_UNQUOTABLE" && error.details["variable"] === "NAME";
}

describe("what a shell reads back", () => {
  it("is every value as it was, in bash", () => checkReadBack(BASH, 600));
  it("is every value as it was, in sh", () => checkReadBack(SH, 600));
});

describe("values that no environment can hold", () => {
  for (const syntax of ENV_SYNTAXES) {
    it(`are refused for ${syntax}: NUL, half of a surrogate pair`, () => {
      assert.throws(() => one(syntax, "a\0b"), isUnquotable);
      assert.throws(() => one(syntax, "a\ud83d"), isUnquotable);
    });
  }
});

describe("fish", () => {
  it("removes a variable of this shell, never one that the person keeps for good", () =>
    assert.equal(renderEnvironment("fish", { set: {}, unset: ["NAME"] }), "set -eg NAME\n"));
});

describe("powershell", () => {
  it("doubles the quote", () => assert.equal(one("powershell", "it's"), "$env:NAME = 'it''s'\n"));
  it("writes typographic quotes, which close a text there, by number", () =>
    assert.equal(one("powershell", "a\u2019b"), "$env:NAME = 'a' + [char]0x2019 + 'b'\n"));
  it("writes line ends by number, and begins with a text so that + joins", () =>
    assert.equal(one("powershell", "\r\n1"), "$env:NAME = '' + [char]0xd + [char]0xa + '1'\n"));
  it("writes a character of two units by both", () =>
    assert.equal(one("powershell", "😀"), "$env:NAME = '' + [char]0xd83d + [char]0xde00\n"));
  it("is one line of ASCII for any value", () =>
    fc.assert(fc.property(hostileValue, (value) => assert.match(one("powershell", value), /^[\x20-\x7e]*\n$/))));
});

describe("cmd", () => {
  it("takes what keys are made of", () => assert.equal(one("cmd", "a/b+c=="), 'set "NAME=a/b+c=="\r\n'));
  for (const value of ['"', "%", "!", "^", "\n", "é"]) {
    it(`is refused ${JSON.stringify(value)}, which means something else in each place`, () =>
      assert.throws(() => one("cmd", `a${value}b`), isUnquotable));
  }
});

describe("dotenv", () => {
  it("is refused or read back by Node as it was", () =>
    fc.assert(
      fc.property(hostileValue, (value) => {
        let text: string;
        try {
          text = one("dotenv", value);
        } catch (error) {
          assert.ok(isUnquotable(error));
          return;
        }
        assert.equal(parseEnv(text)["NAME"], value);
      }),
      { numRuns: 500 },
    ));
});

describe("every syntax", () => {
  for (const syntax of ENV_SYNTAXES) {
    it(`can hold real keys: ${syntax}`, () => {
      const text = renderEnvironment(syntax, awsEnvironment(fakeAwsCredentials()));
      for (const value of ["fake/secret+access=key", "eu-west-1", "2026-03-04T13:30:00Z", "123456789012"])
        assert.ok(text.includes(value));
    });
  }
});

describe("the variables", () => {
  it("are those of the SDKs, and never set and removed at once", () => {
    const { set, unset } = awsEnvironment(fakeAwsCredentials());
    assert.deepEqual(Object.keys(set), [
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_CREDENTIAL_EXPIRATION",
      "AWS_REGION",
      "AWS_DEFAULT_REGION",
      "AWS_ACCOUNT_ID",
    ]);
    assert.ok(unset.includes("AWS_PROFILE"));
    assert.deepEqual(
      unset.filter((name) => name in set),
      [],
    );
  });
  it("leave the region alone and drop a stale account where the credentials name none", () => {
    const { set, unset } = awsEnvironment(fakeAwsCredentials({ region: "", assumedRoleArn: "" }));
    assert.ok(!("AWS_REGION" in set) && !unset.includes("AWS_REGION"));
    assert.ok(unset.includes("AWS_ACCOUNT_ID"));
  });
});

describe("the default", () => {
  for (const [shell, platform, syntax] of [
    ["/usr/bin/fish", "linux", "fish"],
    ["/bin/zsh", "darwin", "posix"],
    ["/usr/bin/nu", "linux", "posix"],
    ["/opt/microsoft/powershell/7/pwsh", "linux", "powershell"],
    ["C:\\Program Files\\Git\\usr\\bin\\bash.exe", "win32", "posix"],
    [undefined, "win32", "powershell"],
  ] as const) {
    it(`is ${syntax} for ${shell ?? "no $SHELL"} on ${platform}`, () =>
      assert.equal(guessSyntax({ SHELL: shell }, platform), syntax));
  }
});
