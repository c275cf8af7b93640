import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../core/fault.ts";
import { parseJsonObject } from "../core/json-object.ts";
import { parseAwsConfig } from "./aws-config/parse.ts";
import { readSigninToken } from "./aws-console/federation.ts";
import { serviceAccountIn } from "./google/credential-file.ts";
import { encodePivRequest, parsePivRequest } from "./piv/attestation.ts";
import { prepareSamlResponse } from "./saml/response.ts";
import { parseSaml2aws } from "./saml2aws/parse.ts";
import { encodeAttestation, parseAttestation } from "./tpm/attestation.ts";

/* Any text for the parsers of other programs' formats that have no such test next to them. */

const ROLES = "arn:aws:iam::123456789012:role/dev,arn:aws:iam::123456789012:saml-provider/idp";
const ASSERTION = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="a" Version="2.0" IssueInstant="2026-01-01T00:00:00Z">
<Issuer>https://idp.example.com</Issuer><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Reference URI="#a"/></Signature>
<Subject><SubjectConfirmation><SubjectConfirmationData NotOnOrAfter="2026-01-01T00:05:00Z" Recipient="https://r"/></SubjectConfirmation>
</Subject><AttributeStatement><Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><AttributeValue>${ROLES}</AttributeValue>
</Attribute></AttributeStatement></Assertion>`;
const SAML2AWS = "[default]\nprovider = KeyCloak\nurl = https://sso.example.com/realms/main/x\naws_profile = saml\n";
const AWS_CONFIG =
  "[profile dev]\nregion = eu-west-1\ns3 =\n  max_queue_size = 1000\n# why\n[sso-session a]\nsso_region = eu-west-1\n";
const GOOGLE_URL =
  "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com:generateAccessToken";
const bytes = Uint8Array.of(1, 2, 3);

const READERS: readonly (readonly [what: string, valid: string, read: (text: string) => unknown])[] = [
  ["AWS's config file", AWS_CONFIG, (text) => parseAwsConfig(text, "config")],
  ["saml2aws's config file", SAML2AWS, (text) => parseSaml2aws(text, "file", "client")],
  ["a SAML assertion", ASSERTION, (text) => prepareSamlResponse(Buffer.from(text).toString("base64"))],
  ["what a provider gave for SAML", Buffer.from(ASSERTION).toString("base64"), prepareSamlResponse],
  ["a credential file of Google's", JSON.stringify({ service_account_impersonation_url: GOOGLE_URL }), serviceAccountIn],
  ["an answer of AWS's console", '{"SigninToken":"token"}', (body) => readSigninToken({ body })],
  ["a request of a PIV token", encodePivRequest({ statement: bytes, attester: bytes, proof: bytes }), parsePivRequest],
  ["an answer of a TPM", encodeAttestation("answer", { value: bytes }), (text) => parseAttestation("answer", text)],
];

/** The text with some of it taken out or replaced. */
function changed(text: string): fc.Arbitrary<string> {
  const place = fc.record({ at: fc.nat(text.length), length: fc.nat(20), instead: fc.string({ unit: "binary", maxLength: 8 }) });
  const places = fc.array(place, { minLength: 1, maxLength: 3 });
  return places.map((all) =>
    all.reduce((was, { at, length, instead }) => was.slice(0, at) + instead + was.slice(at + length), text),
  );
}

/** Of a text that is a JSON object: the same with any value at one of its members. */
function otherwise(text: string): readonly fc.Arbitrary<string>[] {
  const members = parseJsonObject(text);
  if (members === null) return [];
  const strange = fc.oneof(fc.jsonValue(), fc.constantFrom({ toString: null, valueOf: null }, { length: 3 }));
  const other = fc.record({ name: fc.constantFrom(...Object.keys(members)), value: strange });
  return [other.map(({ name, value }) => JSON.stringify({ ...members, [name]: value }))];
}

describe("any text is read or refused, and breaks nothing", () => {
  for (const [what, valid, read] of READERS) {
    it(`as ${what}`, () => {
      assert.notEqual(read(valid), null);
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), changed(valid), ...otherwise(valid)), (text) => {
          try {
            read(text);
          } catch (cause) {
            assert.ok(cause instanceof Fault, String(cause));
          }
        }),
        { numRuns: 500 },
      );
    });
  }
});
