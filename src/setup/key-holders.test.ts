import assert from "node:assert/strict";
import { test } from "node:test";
import { keyHolders } from "./key-holders.ts";

const PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/pool/providers/laptop";

test("Google holds a key that it fetched, and none that was uploaded and then removed", () => {
  const profiles = [{ name: "gcp", exchange: "gcp", options: { provider: PROVIDER } }];
  const [holder] = keyHolders(profiles, ["s3://bucket/laptop"]);
  assert.equal(holder?.profile, "gcp");
  assert.ok(holder?.says.includes(`update-oidc ${PROVIDER} --disabled`));
  assert.deepEqual(keyHolders(profiles, ["s3://bucket/laptop", `gcp://${PROVIDER}`]), []);
});

test("Entra ID, Vault and other endpoints hold what they fetched or were given", () => {
  const vault = (path: string) => ({ grant: "vault", url: `https://vault.example.com${path}` });
  const says = (exchange: string, options: object): string =>
    keyHolders([{ name: "p", exchange, options: { ...options } }], [])[0]?.says ?? "";
  assert.match(says("azure", { clientId: "11111111-2222-3333-4444-555555555555" }), /11111111-2222-3333-4444-555555555555/);
  assert.match(says("oauth", vault("/v1/auth/jwt/login")), /`vault write auth\/jwt\/config …`/);
  assert.match(says("oauth", vault("/v1/auth/team/brevet/login")), /`vault write auth\/team\/brevet\/config …`/);
  assert.match(
    says("oauth", { grant: "token-exchange", url: "https://w.cloud.databricks.com/oidc/v1/token" }),
    /^w\.cloud\.databricks\.com/,
  );
  assert.match(says("oauth", { grant: "token-exchange", url: "no URL" }), /^the endpoint /);
  assert.match(says("oauth", { grant: "vault", url: "no URL" }), /`vault write auth\/jwt\/config …`/);
  assert.equal(says("aws", { roleArn: "arn:aws:iam::123456789012:role/dev" }), "");
});
