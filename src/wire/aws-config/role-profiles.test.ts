import assert from "node:assert/strict";
import { test } from "node:test";
import { roleProfiles } from "./role-profiles.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";

function profile(name: string, settings: Readonly<Record<string, string>>): string {
  return [`[profile ${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), ""].join("\n");
}

test("a role has what its profile says, and goes on from the profile of its own name where none is named", () => {
  const bare = { region: null, durationSeconds: null, externalId: null, sessionName: null, others: [] };
  const text = [
    profile("full", {
      role_arn: ROLE,
      source_profile: "base",
      region: "eu-west-1",
      duration_seconds: "1800",
      external_id: "x-1",
      role_session_name: "ann",
      mfa_serial: "arn:aws:iam::123456789012:mfa/ann",
    }),
    profile("own", { role_arn: ROLE, duration_seconds: "15.5" }),
    profile("base", { region: "eu-west-1" }),
  ].join("");
  assert.deepEqual(roleProfiles(text, "config").roles, [
    {
      name: "full",
      roleArn: ROLE,
      source: "base",
      region: "eu-west-1",
      durationSeconds: 1800,
      externalId: "x-1",
      sessionName: "ann",
      others: ["mfa_serial"],
    },
    { name: "own", roleArn: ROLE, source: "own", ...bare },
  ]);
});

test("a role that no profile assumes is told apart, with the key that says so", () => {
  const text = profile("pod", { role_arn: ROLE, web_identity_token_file: "/token" });
  assert.deepEqual(roleProfiles(text, "config"), { roles: [], others: [{ name: "pod", by: "web_identity_token_file" }] });
});
