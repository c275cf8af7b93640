import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { placeIn } from "../../core/place.ts";
import { readGenerateAnswer, readStsAnswer } from "./answers.ts";
import { gcpEndpoints } from "./endpoints.ts";
import { parseGcpOptions } from "./options.ts";

const provider = "projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop";
const where = placeIn(null, "profiles.dev.gcp");
const parse = (changes: Readonly<Record<string, unknown>>) => parseGcpOptions({ provider, ...changes }, where);

describe("the gcp block of a profile", () => {
  test("needs the provider alone, by its name or as Google's files write it", () => {
    const options = parse({});
    assert.equal(options.audience, `https://iam.googleapis.com/${provider}`);
    assert.deepEqual(options.scopes, ["https://www.googleapis.com/auth/cloud-platform"]);
    assert.deepEqual(parse({ provider: `//iam.googleapis.com/${provider}` }), options);
    assert.deepEqual(parse({ provider: `https://iam.googleapis.com/${provider}` }), options);
  });

  const serviceAccount = "deploy@example-project.iam.gserviceaccount.com";
  const wrong: readonly (readonly [Readonly<Record<string, unknown>>, FaultCode])[] = [
    [{ provider: provider.replace("123456789012", "my-project") }, "NAME_INVALID"],
    [{ provider: provider.split("/providers/")[0] }, "NAME_INVALID"],
    [{ serviceAccount: "deploy@example.com" }, "NAME_INVALID"],
    [{ serviceAccount: "a/b@p.iam.gserviceaccount.com" }, "NAME_INVALID"],
    [{ duration: "1h" }, "DURATION_INVALID"],
    [{ serviceAccount, duration: "13h" }, "DURATION_INVALID"],
    [{ scopes: [] }, "CONFIG_MALFORMED"],
    [{ scopes: ["a b"] }, "NAME_INVALID"],
    [{ project: "My Project" }, "NAME_INVALID"],
    [{ audience: "a b" }, "AUDIENCE_INVALID"],
    [{ stsUrl: "sts.example.com" }, "URL_INVALID"],
    [{ serviceAcount: serviceAccount }, "CONFIG_KEY_UNKNOWN"],
  ];
  for (const [changes, code] of wrong) {
    test(`refuses ${JSON.stringify(changes)}`, () => {
      assert.throws(
        () => parse(changes),
        (error) => error instanceof Fault && error.code === code,
      );
    });
  }

  test("goes where the environment says, and says so when that is nowhere", () => {
    const environment = { CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: "https://127.0.0.1:4443" };
    assert.equal(gcpEndpoints(parse({}), environment).sts, "https://127.0.0.1:4443/");
    assert.equal(gcpEndpoints(parse({ stsUrl: "https://sts.example.com/x" }), environment).sts, "https://sts.example.com/x/");
    assert.throws(
      () => gcpEndpoints(parse({}), { CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: "nowhere" }),
      (error) => error instanceof Fault && error.code === "URL_INVALID",
    );
  });
});

describe("what Google answers", () => {
  const now = 1_800_000_000;
  test("is a token with a life, an error, or nothing that is understood", () => {
    const sts = (answer: unknown) => readStsAnswer(JSON.stringify(answer), now)?.kind ?? null;
    assert.equal(sts({ access_token: "t", expires_in: 3599 }), "result");
    assert.equal(sts({ error: "invalid_grant" }), "error");
    for (const answer of [
      { access_token: "t" },
      { access_token: "", expires_in: 1 },
      { access_token: "t\r\nx-more: 1", expires_in: 1 },
      { access_token: "t", expires_in: 1e9 },
      [],
      null,
      7,
    ]) {
      assert.equal(sts(answer), null, JSON.stringify(answer));
    }
    const generated = (answer: unknown) => readGenerateAnswer(JSON.stringify(answer), now)?.kind ?? null;
    assert.equal(generated({ accessToken: "t", expireTime: "2027-01-15T08:30:00Z" }), "result");
    assert.equal(generated({ error: { code: 403, status: "PERMISSION_DENIED" } }), "error");
    for (const answer of [
      { accessToken: "t" },
      { accessToken: "t", expireTime: "2020-01-01T00:00:00Z" },
      { accessToken: "t\u001b[2J", expireTime: "2027-01-15T08:30:00Z" },
      { error: "x" },
      "x",
    ]) {
      assert.equal(generated(answer), null, JSON.stringify(answer));
    }
  });
});
