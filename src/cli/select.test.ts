import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../core/fault.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import { selectIdentity, selectPerson } from "./select.ts";

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
    if (cause instanceof Fault && cause.code === "IDENTITY_AMBIGUOUS") return cause.hints;
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
