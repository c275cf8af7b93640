import assert from "node:assert/strict";
import { test } from "node:test";
import { rolesInClaim } from "./roles-claim.ts";

const [DEV, OPS] = ["arn:aws:iam::123456789012:role/dev", "arn:aws:iam::123456789012:role/path/ops"];

const CASES: readonly [name: string, claims: Readonly<Record<string, unknown>>, path: string, roles: readonly string[]][] = [
  ["a list", { roles: [DEV, OPS] }, "roles", [DEV, OPS]],
  ["a single text", { roles: DEV }, "roles", [DEV]],
  ["roles of other things beside", { roles: ["admin", DEV, 7, null, `${DEV} `] }, "roles", [DEV]],
  ["one twice", { roles: [DEV, DEV] }, "roles", [DEV]],
  ["below other claims", { resource_access: { aws: { roles: [OPS] } } }, "resource_access.aws.roles", [OPS]],
  ["a name with dots", { "https://aws.amazon.com/roles": [DEV] }, "https://aws.amazon.com/roles", [DEV]],
  ["none", {}, "roles", []],
  ["no object on the way", { a: "b" }, "a.length.c", []],
  ["what every object has", {}, "constructor.name", []],
];
for (const [name, claims, path, roles] of CASES) {
  test(`roles in a claim: ${name}`, () => assert.deepEqual(rolesInClaim(claims, path), roles));
}
