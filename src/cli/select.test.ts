import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../core/fault.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import { selectIdentity, selectPerson, selectProfile } from "./select.ts";

const DEVICE = { kind: "device", issuer: "https://id.example.com/laptop", subject: "laptop-abc" };
const SERVER = { kind: "server", url: "https://id.example" };
const SESSIONS = { server: true, oidc: true };

function configWith(identities: Readonly<Record<string, object>>) {
  return parseConfig(JSON.stringify({ identities }), "config.json");
}

function hints(select: () => unknown): readonly string[] {
  try {
    select();
  } catch (cause) {
    if (cause instanceof Fault && cause.code.endsWith("_AMBIGUOUS")) return cause.hints;
    throw cause;
  }
  return assert.fail("one was selected");
}

describe("the identity that is meant where none is named", () => {
  const beside = configWith({ laptop: DEVICE, "id.example": SERVER });

  it("is neither of a device and a server's, and each can be typed", () => {
    const typed = ["`brevet … --identity laptop`", "`brevet … --identity id.example`"];
    assert.deepEqual(
      hints(() => selectIdentity(beside, undefined)),
      typed,
    );
    assert.deepEqual(
      hints(() => selectIdentity(beside, undefined, "--identity")),
      typed,
    );
  });

  it("is to be said in the config where that names none", () => {
    const said = ["say in the config: `profiles.dev.identity`, one of laptop, id.example"];
    assert.deepEqual(
      hints(() => selectIdentity(beside, undefined, "profiles.dev.identity")),
      said,
    );
  });

  it("is the server's for who signs in: a device's key proves it", () => {
    assert.equal(selectPerson(beside, undefined, SESSIONS).name, "id.example");
    assert.equal(selectPerson(beside, "laptop", SESSIONS).name, "laptop");
    assert.equal(selectPerson(configWith({ laptop: DEVICE }), undefined, SESSIONS).name, "laptop");
    const both = configWith({ one: SERVER, other: SERVER });
    assert.equal(hints(() => selectPerson(both, undefined, SESSIONS)).length, 2);
  });
});

describe("the profile that is meant where none is named", () => {
  const two = parseConfig(JSON.stringify({ profiles: { dev: { aws: {} }, prod: { aws: {} } } }), "config.json");
  const hintsFor = (environment: Readonly<Record<string, string>>) => hints(() => selectProfile(two, undefined, environment));
  const any = "name one by --profile, or by BREVET_PROFILE: dev, prod";

  it("is most likely the one that AWS's tools take", () => {
    assert.deepEqual(hintsFor({ AWS_PROFILE: "prod" }), [
      "AWS_PROFILE is read by AWS's tools alone: `brevet … --profile prod`",
      any,
    ]);
  });

  it("is any of them where AWS's tools take none of them", () => {
    assert.deepEqual(hintsFor({ AWS_PROFILE: "admin" }), [any]);
    assert.deepEqual(hintsFor({}), [any]);
  });
});
