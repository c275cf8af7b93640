import assert from "node:assert/strict";
import { it } from "node:test";
import { Fault } from "../../../core/fault.ts";
import type { JsonObject } from "../../../core/json-object.ts";
import { typedPlace } from "../../../core/place.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import type { Present } from "../../../setup/provisioner.ts";
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

async function allowedActions(kind: "server" | "oidc" | "ambient", options: JsonObject = {}, groups: readonly string[] = []) {
  const entry = { name: "id", kind, options, place: typedPlace("--identity") };
  const flags = { ...NONE, "allow-subject": ["alice"], "allow-group": groups };
  const account = { provider: async () => null } as unknown as AwsAccount;
  const stack: Present = { state: null, owner: "nobody" };
  const { allowTags, allowSourceIdentity } = (await trustedPeople(entry, ISSUER, flags, stack, account)).allowed;
  return [...(allowTags ? ["tags"] : []), ...(allowSourceIdentity ? ["source identity"] : [])];
}

it("session tags and a source identity are allowed to tokens that can carry them", async () => {
  assert.deepEqual(await allowedActions("server"), ["tags", "source identity"]);
  assert.deepEqual(await allowedActions("oidc"), ["tags", "source identity"]);
  assert.deepEqual(await allowedActions("ambient", { source: "file", file: "token" }), ["tags", "source identity"]);
  assert.deepEqual(await allowedActions("ambient", { source: "github-actions" }), []);
  assert.deepEqual(await allowedActions("ambient"), []);
  assert.deepEqual(await allowedActions("ambient", {}, ["developers"]), ["tags"]);
});

it("who named nobody is offered what the issuer's tokens can be told apart by", async () => {
  assert.match(await hintsFor("oidc"), /--allow-email .*--allow-group /);
  const ofServer = await hintsFor("server");
  assert.match(ofServer, /--allow-email /);
  assert.doesNotMatch(ofServer, /--allow-group/);
});
