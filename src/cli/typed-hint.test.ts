import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { typedHint } from "./typed-hint.ts";

const HINT = "`brevet init … --store file` keeps the store's key in a file instead";

describe("a hint to type the command again", () => {
  it("repeats what was typed", () => {
    assert.equal(
      typedHint(HINT, "init", ["work laptop", "--issuer", "https://id.example.com/laptop"]),
      "`brevet init 'work laptop' --issuer https://id.example.com/laptop --store file` keeps the store's key in a file instead",
    );
  });

  for (const typed of [
    ["laptop", "--store", "keychain"],
    ["laptop", "--store=keychain"],
    ["--store", "keychain", "laptop"],
  ]) {
    it(`puts its flag in the place of the one in ${typed.join(" ")}`, () => {
      assert.match(typedHint(HINT, "init", typed), /^`brevet init laptop --store file` keeps/);
    });
  }

  it("says what signs in, to who signs in, and no device", () => {
    assert.match(typedHint(HINT, "login", ["work", "--way", "paste"]), /^`brevet login work --way paste --store file` keeps/);
    assert.match(typedHint(HINT, "setup oidc", ["--client-id", "x"]), /^`brevet setup oidc --client-id x --store file` keeps/);
    assert.match(typedHint(HINT, "login", []), /^`brevet login --store file` keeps/);
  });

  it("is for whichever command ran, by its flag or as a word of its own", () => {
    const which = "`brevet … --identity id.example`";
    const role = ["--role", "arn:aws:iam::123456789012:role/dev"];
    assert.equal(typedHint(which, "setup aws", role), `\`brevet setup aws ${role.join(" ")} --identity id.example\``);
    assert.equal(
      typedHint(which, "issuer generate", ["--output", "o"], () => false),
      "`brevet issuer generate --output o id.example`",
    );
  });

  it("stays as it is where it is a whole command, or of another command", () => {
    assert.equal(typedHint(HINT, "env", ["dev"]), HINT.replace("… ", ""));
    for (const whole of [
      "run `brevet init --help`",
      "run `brevet init --signer tpm2`",
      "in `brevet setup aws … --print console`",
    ])
      assert.equal(typedHint(whole, "init", ["laptop"]), whole);
  });
});
