import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { after, before, describe, test } from "node:test";
import { AssumeRoleWithWebIdentityCommand, GetWebIdentityTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { createLocalJWKSet, jwtVerify } from "jose";
import { openOutboundFederation } from "../../src/sandbox/aws-outbound/outbound-federation.ts";
import { addTrust } from "../../src/sandbox/iam/add-trust.ts";
import { AUDIENCE, ISSUER, ROLE, SUBJECT, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

const WANTED = "https://verifier.example";

let issuer: TestIssuer;
let sts: STSClient;
before(async () => {
  issuer = await startTestSandbox();
  const trust = { accountId: "123456789012", role: "dev", allowTags: false, allowSourceIdentity: false, mayAssume: [] };
  const caller = { kind: "issuer", issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE } as const;
  addTrust(issuer.folder, { ...trust, caller, outboundAudiences: [WANTED] });
  const ca = readFileSync(issuer.sandbox.caFile, "utf8");
  const settings = {
    endpoint: issuer.sandbox.url,
    region: "eu-west-1",
    requestHandler: { httpsAgent: new Agent({ ca }) },
    maxAttempts: 1,
  };
  const WebIdentityToken = await issuer.token();
  const { Credentials: keys } = await new STSClient(settings).send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE, RoleSessionName: "laptop", WebIdentityToken, DurationSeconds: 900 }),
  );
  const [accessKeyId = "", secretAccessKey = ""] = [keys?.AccessKeyId, keys?.SecretAccessKey];
  sts = new STSClient({ ...settings, credentials: { accessKeyId, secretAccessKey, sessionToken: keys?.SessionToken ?? "" } });
});
after(() => issuer.close());

type Wish = ConstructorParameters<typeof GetWebIdentityTokenCommand>[0];
const ask = (wish: Partial<Wish> = {}) =>
  sts.send(new GetWebIdentityTokenCommand({ Audience: [WANTED], SigningAlgorithm: "RS256", ...wish }));

describe("the sandbox's GetWebIdentityToken, asked by AWS's own SDK", () => {
  for (const algorithm of ["RS256", "ES384"]) {
    test(`signs by ${algorithm} what the account's published keys verify`, async () => {
      const { WebIdentityToken = "", Expiration } = await ask({ SigningAlgorithm: algorithm, DurationSeconds: 60 });
      assert.equal(Expiration?.getTime(), (issuer.clock.seconds + 60) * 1000);
      const own = openOutboundFederation(issuer.folder).issuerOf("123456789012") ?? assert.fail("it is turned on");
      const host = new URL(own).hostname;
      const ca = readFileSync(issuer.sandbox.caFile, "utf8");
      const get = async (path: string) =>
        JSON.parse((await send(issuer.sandbox, { ca, servername: host, method: "GET", path, headers: { host } })).body);
      const discovery = (await get("/.well-known/openid-configuration")) as { issuer: string; jwks_uri: string };
      assert.equal(discovery.issuer, own);
      const keys = createLocalJWKSet(await get(new URL(discovery.jwks_uri).pathname));
      const { payload } = await jwtVerify(WebIdentityToken, keys, { issuer: own, audience: WANTED, subject: ROLE });
      assert.equal((payload["https://sts.amazonaws.com/"] as { aws_account: string }).aws_account, "123456789012");
    });
  }

  const refusals: readonly (readonly [string, Partial<Wish>, string])[] = [
    ["an audience that the role's permissions do not name", { Audience: [WANTED, "https://other.example"] }, "AccessDenied"],
    ["a token that would outlive the session", { DurationSeconds: 1800 }, "SessionDurationEscalationException"],
    ["a life under a minute", { DurationSeconds: 59 }, "ValidationError"],
    ["another algorithm", { SigningAlgorithm: "ES256" }, "ValidationError"],
    ["no audience", { Audience: [] }, "ValidationError"],
  ];
  for (const [what, wish, code] of refusals) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(ask(wish), (error) => error instanceof Error && error.name === code);
    });
  }

  test("gives tokens that STS itself refuses, even if a provider in IAM has their issuer", async () => {
    const own = openOutboundFederation(issuer.folder).issuerOf("123456789012") ?? assert.fail("it is turned on");
    const caller = { kind: "issuer", issuer: own, subject: ROLE, audience: WANTED } as const;
    const trust = { accountId: "123456789012", role: "back", allowTags: false, allowSourceIdentity: false, mayAssume: [] };
    addTrust(issuer.folder, { ...trust, caller, outboundAudiences: [] });
    const { WebIdentityToken } = await ask();
    const back = { RoleArn: "arn:aws:iam::123456789012:role/back", RoleSessionName: "back", WebIdentityToken };
    await assert.rejects(sts.send(new AssumeRoleWithWebIdentityCommand(back)), { name: "InvalidIdentityTokenException" });
    assert.equal(issuer.records.at(-1)?.findings[0]?.saw?.[0], own);
  });
});
