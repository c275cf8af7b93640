import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evaluateCel } from "./cel.ts";
import { celText } from "./cel-text.ts";
import { gcloudList } from "./gcloud.ts";
import { judgeGcpToken } from "./judge-token.ts";
import { mendProvider, mendUploadedKeys } from "./mend.ts";
import { acceptedAudiences, type GcpProvider, parseGcpProvider } from "./provider.ts";

const NOW = 1_800_000_000;
const NAME = "projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop";
const ISSUER = "https://id.example.com/laptop";
const OWN = "brevet setup gcp --project PROJECT";

function provider(changes: Partial<GcpProvider> = {}): GcpProvider {
  const bare = { name: NAME, attributeMapping: { "google.subject": "assertion.sub" }, oidc: { issuerUri: ISSUER } };
  return { ...parseGcpProvider(bare, "the provider"), ...changes };
}

function judge(sub: string, held: GcpProvider) {
  const claims = { iss: ISSUER, sub, aud: acceptedAudiences(held)[0], iat: NOW - 30, exp: NOW + 270 };
  return judgeGcpToken({ header: { alg: "ES256", kid: "k" }, claims }, held, NOW).verdict.outcome;
}

const WRITTEN = [
  "x' || true || 'y",
  'x" || true || "y',
  "a\\",
  "a\\u0041",
  "a\nb",
  "a\u001b[31m",
  "\u202e",
  "\u{e0041}",
  "\\\u{e0041}",
];
const text = fc.oneof(fc.constantFrom(...WRITTEN), fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }));

describe("a text as CEL writes it", () => {
  it("is that text to CEL, all of it to be seen", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (value) => {
        if (/\p{Cs}/u.test(value)) return;
        assert.deepEqual(evaluateCel(celText(value), {}), { kind: "text", value });
        assert.match(celText(value), /^"[^\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*"$/u);
      }),
      { examples: WRITTEN.map((value) => [value]) },
    );
  });
});

describe("what mends a provider of Google", () => {
  it("lets in the caller beside those before, and nobody else", () => {
    const conditions = fc.constantFrom('assertion.sub in ["ann", "ben"]', "assertion.team == 'a'", "false", null);
    fc.assert(
      fc.property(text, text, conditions, (subject, stranger, old) => {
        const caller = { subject, audience: "any" };
        const before = provider({ attributeCondition: old ?? "false" });
        const [command = ""] = mendProvider("condition", provider({ attributeCondition: old }), caller);
        const [, quoted] = /--attribute-condition=(.*)$/.exec(command) ?? [];
        assert.ok(quoted !== undefined, command);
        const condition = quoted.startsWith("'") ? quoted.slice(1, -1).replaceAll("'\\''", "'") : quoted;
        const after = provider({ attributeCondition: condition });
        if (judge(subject, provider()) === "allowed") assert.equal(judge(subject, after), "allowed", condition);
        for (const other of [stranger, "ann", "ben", "eve"].filter((one) => one !== subject)) {
          assert.equal(judge(other, after), judge(other, before), `${condition} for ${other}`);
        }
      }),
      {
        examples: [
          ["x' || true || 'y", "z", "false"],
          ['" || true || "', "z", null],
        ],
      },
    );
  });

  it("keeps the audiences that others come with", () => {
    const [own, , command = ""] = mendProvider("audience", provider({ allowedAudiences: ["one", "two"] }), {
      subject: "laptop",
      audience: "three",
    });
    assert.equal(own, 'in the profile: "audience": "one"');
    assert.ok(command.endsWith(" --allowed-audiences=one,two,three"), command);
    const [, , first = ""] = mendProvider("audience", provider(), { subject: "laptop", audience: "other" });
    assert.ok(first.endsWith(`=https://iam.googleapis.com/${NAME},//iam.googleapis.com/${NAME},other`), first);
  });

  it("leaves the issuer, the mapping and others' keys as they are", () => {
    const caller = { subject: "laptop", audience: "any" };
    for (const check of ["issuer", "mapping"] as const) assert.equal(mendProvider(check, provider(), caller).at(-1), OWN);
    const uploadedKeys = [{ kid: "ours" }, { kid: "theirs" }];
    assert.equal(mendUploadedKeys(provider({ uploadedKeys }), "https://elsewhere.example", "laptop", []).at(-1), OWN);
    const own = [{ kid: "ours", algorithm: "ES256", jwk: { kty: "EC", crv: "P-256", x: "", y: "" } }] as const;
    const [, warning] = mendUploadedKeys(provider({ uploadedKeys }), ISSUER, "laptop", own);
    assert.equal(warning, "keys.json replaces what is uploaded: put the 1 of others beside yours");
  });
});

describe("a list as gcloud takes it", () => {
  it("is read back as it was, by the rule of `gcloud topic escaping`", () => {
    const value = fc.string({ unit: fc.constantFrom(..."ab,;|^"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const written = gcloudList(values);
        const [, sign, rest] = /^\^([^^]+)\^(.*)$/.exec(written) ?? [];
        assert.deepEqual(sign === undefined ? written.split(",") : rest?.split(sign), values);
      }),
    );
  });
});
