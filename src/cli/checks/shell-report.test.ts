import assert from "node:assert/strict";
import { test } from "node:test";
import { reportShell } from "./shell-report.ts";

/** 2026-03-04T12:30:00Z */
const NOW = 1_772_627_400;

const texts = (environment: Readonly<Record<string, string>>, profileOfKeys: string | null = null): readonly string[] =>
  reportShell(environment, profileOfKeys, NOW).map(({ name, text, tone }) => [name, text, tone ?? "plain"].join(" | "));

test("a shell whose variables say nothing has no line", () => {
  assert.deepEqual(texts({ PATH: "/bin", AWS_PROFILE: "", BREVET_EXEC: "" }), []);
});

test("keys come before a profile, with whose they are and when they end", () => {
  const keys = { AWS_ACCESS_KEY_ID: "ASIAEXAMPLE", AWS_PROFILE: "prod" };
  assert.deepEqual(texts({ ...keys, AWS_CREDENTIAL_EXPIRATION: "2026-03-04T13:11:00Z" }, "dev"), [
    "AWS tools | keys of the profile dev; they end in 41m | plain",
  ]);
  assert.deepEqual(texts({ ...keys, AWS_CREDENTIAL_EXPIRATION: "2026-03-04T12:30:00Z" }), [
    "AWS tools | keys that no profile has now (ASIAEXAMPLE); they have ended | bad",
  ]);
  assert.deepEqual(texts({ ...keys, AWS_CREDENTIAL_EXPIRATION: "soon" }, "dev"), [
    "AWS tools | keys of the profile dev; nothing says when they end | warn",
  ]);
});

test("a profile comes before an address", () => {
  const served = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/credentials" };
  assert.deepEqual(texts({ ...served, AWS_DEFAULT_PROFILE: "prod" }), [
    "AWS tools | the profile prod, by AWS_DEFAULT_PROFILE | plain",
  ]);
  assert.deepEqual(texts({ ...served, BREVET_EXEC: "dev", BREVET_PROFILE: "base" }), [
    "AWS tools | credentials that are served at http://127.0.0.1:1/credentials | plain",
    "brevet exec | this runs inside of it, by dev | plain",
    "brevet | the profile base where none is named, by BREVET_PROFILE | plain",
  ]);
});
