import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeEntraToken } from "./judge-token.ts";

const NOW = 1_800_000_000;
const CREDENTIAL = {
  name: "laptop",
  issuer: "https://id.example.com/laptop",
  subject: "laptop-7f3a",
  audiences: ["api://AzureADTokenExchange"],
};
const CLAIMS = { iss: CREDENTIAL.issuer, sub: CREDENTIAL.subject, aud: CREDENTIAL.audiences[0], iat: NOW - 30, exp: NOW + 270 };

type Changes = Readonly<Record<string, unknown>>;
const judge = (claims: Changes, header: Changes = {}) =>
  judgeEntraToken({ header: { alg: "RS256", kid: "key-1", ...header }, claims: { ...CLAIMS, ...claims } }, [CREDENTIAL], NOW);

describe("a token at Entra ID", () => {
  test("is taken by the credential that has its issuer, subject and audience", () => {
    assert.equal(judge({}).credential, CREDENTIAL);
    assert.equal(judge({ aud: [CREDENTIAL.audiences[0]] }).verdict.outcome, "allowed");
  });

  const refused: readonly (readonly [string, Changes, Changes, string])[] = [
    ["ES256", {}, { alg: "ES256" }, "header"],
    ["no kid", {}, { kid: undefined }, "header"],
    ["the issuer with a slash", { iss: `${CREDENTIAL.issuer}/` }, {}, "issuer"],
    ["the issuer in another case", { iss: "https://ID.example.com/laptop" }, {}, "issuer"],
    ["the subject in another case", { sub: "Laptop-7f3a" }, {}, "subject"],
    ["another audience", { aud: "api://AzureADTokenExchangeChina" }, {}, "audience"],
    ["two audiences", { aud: [CREDENTIAL.audiences[0], "x"] }, {}, "audience"],
    ["an end long ago", { exp: NOW - 301 }, {}, "times"],
    ["no end", { exp: undefined }, {}, "times"],
    ["a beginning far ahead", { nbf: NOW + 301 }, {}, "times"],
  ];
  for (const [what, claims, header, check] of refused) {
    test(`is refused with ${what}`, () => {
      const judgement = judge(claims, header);
      assert.equal(judgement.verdict.outcome, "refused");
      assert.equal(judgement.check, check);
    });
  }
});
