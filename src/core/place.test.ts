import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { placeIn, typedPlace } from "./place.ts";

describe("a place", () => {
  const block = placeIn("/home/ann/config.json", "profiles.dev.aws");

  test("in a file names the key, and the file to be opened", () => {
    assert.equal(`${block.at("saml").at("audience")}`, "profiles.dev.aws.saml.audience in /home/ann/config.json");
    assert.equal(block.at("region").path, "profiles.dev.aws.region");
    assert.equal(`${placeIn(null, "rule").at("audience")}`, "rule.audience");
  });

  test("is the flag of what was typed over the file, and of nothing else", () => {
    const typed = block.withTyped({ duration: "--duration", constructor: "--x" });
    assert.deepEqual([`${typed.at("duration")}`, typed.at("duration").path], ["--duration", "--duration"]);
    assert.equal(`${typed.at("region")}`, "profiles.dev.aws.region in /home/ann/config.json");
    assert.equal(`${block.withTyped({}).at("constructor")}`, "profiles.dev.aws.constructor in /home/ann/config.json");
    assert.equal(`${typed}`, `${block}`);
  });

  test("on the command line has no parts but what was typed for them", () => {
    const role = typedPlace("--role").withTyped({ duration: "--duration" });
    assert.deepEqual(
      [`${role}`, `${role.at("saml").at("audience")}`, `${role.at("duration")}`],
      ["--role", "--role", "--duration"],
    );
  });
});
