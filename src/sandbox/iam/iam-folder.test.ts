import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { addTrust, type TrustWish } from "./add-trust.ts";
import { openIamFolder, trustPolicyOf } from "./iam-folder.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-iam-"));
let folder = "";
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(join(folder, "iam", "roles"), { recursive: true });
  mkdirSync(join(folder, "iam", "oidc-providers"));
});
after(() => rmSync(root, { recursive: true }));

const trustPolicy = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" },
};
const write = (kind: "roles" | "oidc-providers", name: string, value: unknown) =>
  writeFileSync(join(folder, "iam", kind, `${name}.json`), typeof value === "string" ? value : JSON.stringify(value));

test("a role by its account and file name, or by its ARN with a path; JSON or text as policy", () => {
  write("roles", "dev", { accountId: "123456789012", trustPolicy });
  write("roles", "any", {
    arn: "arn:aws-cn:iam::123456789012:role/team/a/ops",
    trustPolicy: JSON.stringify(trustPolicy),
    maxSessionDuration: 7200,
  });
  const iam = openIamFolder(folder);
  iam.check();
  assert.equal(iam.findRole("arn:aws:iam::123456789012:role/dev")?.maxSessionDuration, 3600);
  const ops = iam.findRole("arn:aws-cn:iam::123456789012:role/team/a/ops");
  assert.deepEqual([ops?.name, ops?.partition, ops?.maxSessionDuration], ["ops", "aws-cn", 7200]);
  assert.equal(iam.findRole("arn:aws-cn:iam::123456789012:role/ops"), null);
});

test("a provider counts in its account, or in all of them", () => {
  write("oidc-providers", "a", { url: "https://a.example", clientIds: ["x"], accountId: "123456789012" });
  write("oidc-providers", "b", { url: "https://b.example", clientIds: [] });
  const iam = openIamFolder(folder);
  assert.equal(iam.findProvider("123456789012", "https://a.example")?.clientIds[0], "x");
  assert.equal(iam.findProvider("210987654321", "https://a.example"), null);
  assert.deepEqual(
    iam.providers("210987654321").map((each) => each.url),
    ["https://b.example"],
  );
});

const role = { accountId: "123456789012", trustPolicy };
const provider = { url: "https://a.example", clientIds: ["x"] };
const broken: readonly (readonly [name: string, kind: "roles" | "oidc-providers", value: unknown, key: string])[] = [
  ["no JSON", "roles", "{", ""],
  ["a list", "roles", [], "trustPolicy"],
  ["an unknown key", "roles", { ...role, trustpolicy: 1 }, "trustpolicy"],
  ["no policy", "roles", { accountId: "123456789012" }, "trustPolicy"],
  ["no account", "roles", { trustPolicy }, "arn"],
  ["a short account", "roles", { ...role, accountId: "1" }, "accountId"],
  ["an ARN of a user", "roles", { arn: "arn:aws:iam::123456789012:user/a", trustPolicy }, "arn"],
  ["a duration under an hour", "roles", { ...role, maxSessionDuration: 900 }, "maxSessionDuration"],
  ["a duration over twelve hours", "roles", { ...role, maxSessionDuration: 43_201 }, "maxSessionDuration"],
  ["a policy that IAM would refuse", "roles", { ...role, trustPolicy: { Statement: [] } }, "trustPolicy"],
  ["an issuer with a port", "oidc-providers", { ...provider, url: "https://a.example:8443" }, "url"],
  ["an issuer by http", "oidc-providers", { ...provider, url: "http://a.example" }, "url"],
  ["a long audience", "oidc-providers", { ...provider, clientIds: ["x".repeat(256)] }, "clientIds.0"],
  ["101 audiences", "oidc-providers", { ...provider, clientIds: Array.from({ length: 101 }, (_, i) => `a${i}`) }, "clientIds"],
  ["no audiences", "oidc-providers", { url: "https://a.example" }, "clientIds"],
];

for (const [name, kind, value, key] of broken) {
  test(`${kind} with ${name} cannot be served, and the file and key are named`, () => {
    write(kind, "broken", value);
    assert.throws(
      () => openIamFolder(folder).check(),
      (error) => {
        assert.ok(error instanceof Fault);
        assert.equal(error.code, "SANDBOX_INVALID");
        assert.equal(error.details["file"], join(folder, "iam", kind, "broken.json"));
        assert.equal(error.details["key"], key);
        return true;
      },
    );
  });
}

test("the same role or provider twice cannot be served", () => {
  write("roles", "dev", role);
  write("roles", "other", { arn: "arn:aws:iam::123456789012:role/dev", trustPolicy });
  assert.throws(
    () => openIamFolder(folder).check(),
    (error) => error instanceof Fault && error.code === "SANDBOX_INVALID",
  );
});

const wish: TrustWish = {
  accountId: "123456789012",
  role: "dev",
  caller: { kind: "issuer", issuer: "https://issuer.example/a", subject: "s", audience: "sts.amazonaws.com" },
  allowTags: false,
  allowSourceIdentity: false,
  mayAssume: [],
};

test("trust is added once, and beside what is there", () => {
  addTrust(folder, wish);
  addTrust(folder, wish);
  addTrust(folder, {
    ...wish,
    caller: { ...wish.caller, audience: "second", subject: "t" } as TrustWish["caller"],
    maxSessionDuration: 7200,
  });
  const iam = openIamFolder(folder);
  iam.check();
  assert.deepEqual(iam.findProvider("123456789012", "https://issuer.example/a")?.clientIds, ["sts.amazonaws.com", "second"]);
  const found = iam.findRole("arn:aws:iam::123456789012:role/dev");
  assert.ok(found);
  assert.equal(found.maxSessionDuration, 7200);
  assert.equal(trustPolicyOf(found).statements.length, 2);
  assert.deepEqual(
    trustPolicyOf(found).statements[1]?.conditions.map(({ operator, key, values }) => [operator, key, ...values]),
    [
      ["StringEquals", "issuer.example/a:aud", "second"],
      ["StringEquals", "issuer.example/a:sub", "t"],
    ],
  );
});

test("a subject with * or ? is a pattern, as everybody of a domain is written", () => {
  addTrust(folder, { ...wish, caller: { ...wish.caller, subject: "*@example.com" } as TrustWish["caller"] });
  const found = openIamFolder(folder).findRole("arn:aws:iam::123456789012:role/dev");
  assert.ok(found);
  assert.deepEqual(
    trustPolicyOf(found).statements[0]?.conditions.map(({ operator, key, values }) => [operator, key, ...values]),
    [
      ["StringEquals", "issuer.example/a:aud", "sts.amazonaws.com"],
      ["StringLike", "issuer.example/a:sub", "*@example.com"],
    ],
  );
});

test("trust is not added to what is no IAM", () => {
  const code = (expected: string) => (error: unknown) => error instanceof Fault && error.code === expected;
  assert.throws(() => addTrust(folder, { ...wish, accountId: "1" }), code("NAME_INVALID"));
  assert.throws(() => addTrust(folder, { ...wish, role: "a/b" }), code("NAME_INVALID"));
  assert.throws(
    () => addTrust(folder, { ...wish, caller: { ...wish.caller, issuer: "http://a.example" } as TrustWish["caller"] }),
    code("URL_INVALID"),
  );
  assert.throws(
    () => addTrust(folder, { ...wish, caller: { ...wish.caller, audience: "" } as TrustWish["caller"] }),
    code("AUDIENCE_INVALID"),
  );
  write("roles", "dev", "{");
  assert.throws(() => addTrust(folder, wish), code("SANDBOX_INVALID"));
});
