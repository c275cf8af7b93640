import assert from "node:assert/strict";
import { it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { typedPlace } from "../../core/place.ts";
import type { AwsAccount } from "../../setup/aws/account.ts";
import type { Present } from "../../setup/provisioner.ts";
import { trustedPeople } from "./trusted-people.ts";

const NONE = { "allow-email": [], "allow-domain": [], "allow-group": [], "allow-subject": [], audience: undefined };
const ISSUER = { issuer: "https://id.example.com", owner: "id@id.example.com" };

async function hintsFor(kind: "server" | "oidc"): Promise<string> {
  const entry = { name: "id", kind, options: {}, place: typedPlace("--identity") };
  try {
    await trustedPeople(entry, ISSUER, NONE, {} as Present, {} as AwsAccount);
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "USAGE_INVALID") return cause.hints.join("\n");
    throw cause;
  }
  return assert.fail("everybody was let in");
}

it("who named nobody is offered what the issuer's tokens can be told apart by", async () => {
  assert.match(await hintsFor("oidc"), /--allow-email .*--allow-group /);
  const ofServer = await hintsFor("server");
  assert.match(ofServer, /--allow-email /);
  assert.doesNotMatch(ofServer, /--allow-group/);
});
