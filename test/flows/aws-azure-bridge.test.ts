import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { awsTokenExchange, parseAwsTokenOptions } from "../../src/exchanges/aws/web-identity-token.ts";
import { azureExchange } from "../../src/exchanges/azure/azure-exchange.ts";
import { parseAzureOptions } from "../../src/exchanges/azure/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { addEntraApplication } from "../../src/sandbox/entra/entra-folder.ts";
import { type AmbientServices, KEYS, startAmbientServices } from "./ambient-services.ts";
import { ISSUER, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const CLIENT = "22222222-2222-4222-8222-222222222222";
const AUDIENCE = "api://AzureADTokenExchange";
/** Whom AWS's token is for, as its stand-in says. */
const SUBJECT = "arn:aws:iam::123456789012:role/build-machine";

let issuer: TestIssuer;
let aws: AmbientServices;
before(async () => {
  issuer = await startTestSandbox("RS256");
  aws = await startAmbientServices((claims) => issuer.token(claims));
  const federatedCredentials = [{ name: "aws-role", issuer: ISSUER, subject: SUBJECT, audiences: [AUDIENCE] }];
  addEntraApplication(issuer.folder, { tenantId: TENANT, clientId: CLIENT, federatedCredentials });
});
after(async () => {
  await aws.close();
  await issuer.close();
});

const clock = { now: () => Math.floor(Date.now() / 1000), offsetSeconds: 0, learn: () => {} };
const role = (changes: Partial<AwsCredentials> = {}): AwsCredentials => ({
  kind: "aws",
  accessKeyId: KEYS.AccessKeyId,
  secretAccessKey: new Secret("secret access key", KEYS.SecretAccessKey),
  sessionToken: new Secret("session token", KEYS.Token),
  issuedAt: clock.now(),
  expiresAt: clock.now() + 3600,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/build-machine/laptop",
  region: "eu-west-1",
  ...changes,
});
const bridge = () =>
  awsTokenExchange({
    options: parseAwsTokenOptions({ audience: AUDIENCE }, placeIn(null, "profiles.token.awsToken")),
    http: createHttp({ environment: {} }),
    clock,
    environment: { AWS_ENDPOINT_URL_STS: aws.url },
  });

describe("a role's way to a verifier that takes RS256 alone", () => {
  test("is a token of AWS, which Entra ID takes", async () => {
    const token = await bridge().redeem({ kind: "credentials", credentials: role(), profile: "other" });
    assert.ok(token.kind === "bearer");
    assert.equal(token.expiresAt - token.issuedAt, 300);
    const azure = azureExchange({
      options: parseAzureOptions({ tenantId: TENANT, clientId: CLIENT }, placeIn(null, "profiles.dev.azure")),
      http: createHttp({ environment: {}, caFile: issuer.sandbox.caFile }),
      clock,
      environment: { AZURE_AUTHORITY_HOST: issuer.sandbox.url },
    });
    const credentials = await azure.redeem({ kind: "credentials", credentials: token, profile: "other" });
    assert.equal(credentials.kind, "azure");
    const ofAnother = { ...token, token: new Secret("token", await issuer.token({ sub: "another" })) };
    await assert.rejects(
      azure.redeem({ kind: "credentials", credentials: ofAnother, profile: "bridge" }),
      (error) => error instanceof Fault && /`brevet token --profile bridge \| brevet token inspect`/.test(error.hints.join()),
    );
  });

  test("is closed to other keys, to other credentials, and to an identity without a role", async () => {
    const other = role({ secretAccessKey: new Secret("secret access key", "another") });
    await assert.rejects(
      bridge().redeem({ kind: "credentials", credentials: other, profile: "other" }),
      (error) =>
        error instanceof Fault && error.code === "EXCHANGE_REFUSED" && error.details["cloudCode"] === "SignatureDoesNotMatch",
    );
    assert.throws(
      () => bridge().request(),
      (error) => error instanceof Fault && error.code === "USAGE_INVALID",
    );
    for (const raw of [{ audience: "a b" }, { audience: "a", duration: "2h" }, {}]) {
      assert.throws(() => parseAwsTokenOptions(raw, placeIn(null, "profiles.token.awsToken")), Fault);
    }
  });
});
