import { SignedXml } from "xml-crypto";
import type { EpochSeconds } from "../../core/time.ts";
import { parseXmlDocument, type SamlProvider, type XmlNode } from "../iam/saml-providers.ts";
import { finding, Refusal } from "./refusal.ts";
import { readSamlAssertion, type SamlFacts } from "./saml-facts.ts";

const REFERENCE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html";
const RESPONSE_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html";
const ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion";
const PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
const SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";
/** AWS: "Token must be redeemed within 5 minutes of issuance", and as much for clocks that differ. */
const REDEEM_SECONDS = 300;
const SKEW_SECONDS = 300;
const RECIPIENT =
  /^https:\/\/(?:[a-z0-9-]+\.)?signin\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|aws\.eu|amazonaws-eusc\.eu)\/(?:saml|platform\/saml\/acs\/[\w-]+)$/;

/**
 * Verifies a SAML response as STS does: form, signature by a certificate of the provider's metadata, issuer, recipient, audience and
 * times. What it says is read from the bytes that the signature covers, and from nothing else.
 *
 * @throws {Refusal} `InvalidIdentityToken`, `ExpiredTokenException`, `IDPRejectedClaim`.
 * @see STS API Reference, AssumeRoleWithSAML; IAM User Guide, id_roles_providers_create_saml_assertions
 */
export function verifySamlResponse(encoded: string, provider: SamlProvider, now: EpochSeconds): SamlFacts {
  const text = decode(encoded);
  const document = /<!DOCTYPE|<!ENTITY/i.test(text) ? null : parseXmlDocument(text);
  const root = document?.documentElement;
  if (root?.localName !== "Response" || root.namespaceURI !== PROTOCOL) {
    throw invalid(
      "Invalid SAML Response",
      "the document",
      "a SAML 2.0 Response",
      "it is not one, or it declares a document type",
    );
  }
  const assertions = [...root.getElementsByTagNameNS("*", "Assertion")];
  if (assertions.length !== 1 || assertions[0]?.namespaceURI !== ASSERTION || assertions[0].parentNode !== root) {
    throw invalid("Invalid SAML Response", "the assertions", "exactly one, below the Response", `there are ${assertions.length}`);
  }
  const facts = readSamlAssertion(signedAssertion(text, root, provider));
  if (facts.issuer !== provider.issuer) {
    throw invalid("Issuer not present in specified provider", "Issuer", provider.issuer, facts.issuer);
  }
  checkPlace(facts);
  checkTimes(facts, now);
  return facts;
}

function decode(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") !== encoded) {
    throw invalid("Invalid base64 SAMLResponse", "SAMLAssertion", "base64 with padding", "it is not");
  }
  return bytes.toString("utf8");
}

/** The assertion within what a good signature covers, parsed from the canonical bytes. */
function signedAssertion(text: string, root: XmlNode, provider: SamlProvider): XmlNode {
  const places = [root, ...root.getElementsByTagNameNS(ASSERTION, "Assertion")];
  const signatures = places.flatMap((place) =>
    [...place.getElementsByTagNameNS(SIGNATURE, "Signature")].filter((signature) => signature.parentNode === place),
  );
  for (const signature of signatures) {
    for (const certificate of provider.certificates) {
      const covered = coveredBytes(text, signature, certificate);
      const element = covered === null ? null : parseXmlDocument(covered)?.documentElement;
      if (element?.localName === "Assertion") return element;
      const inside = element?.localName === "Response" ? element.getElementsByTagNameNS(ASSERTION, "Assertion")[0] : undefined;
      if (inside !== undefined) return inside;
    }
  }
  throw invalid(
    "Response signature invalid",
    "the signature",
    `one over the Response or its Assertion, by a certificate of ${provider.file}`,
    signatures.length === 0 ? "there is none" : "it is not good, or covers something else",
  );
}

function coveredBytes(text: string, signature: XmlNode, publicCert: string): string | null {
  try {
    // What KeyInfo holds is the sender's word: only the metadata's certificates count.
    const verifier = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
    verifier.loadSignature(signature);
    if (!verifier.checkSignature(text)) return null;
    const references = verifier.getSignedReferences();
    return references.length === 1 ? (references[0] ?? null) : null;
  } catch {
    return null;
  }
}

function checkPlace({ recipient, audiences }: SamlFacts): void {
  if (!RECIPIENT.test(recipient)) {
    throw invalid("Invalid SAML Recipient", "Recipient", "https://signin.aws.amazon.com/saml", recipient);
  }
  const known = ["urn:amazon:webservices", "urn:amazon:webservices:china", "urn:amazon:webservices:govcloud", recipient];
  if (audiences.length > 0 && !audiences.some((audience) => known.includes(audience))) {
    throw invalid("Invalid SAML Audience", "Audience", known.slice(0, 1), audiences);
  }
}

function checkTimes({ issuedAt, notBefore, notOnOrAfter, sessionNotOnOrAfter }: SamlFacts, now: EpochSeconds): void {
  const expired = (message: string, at: string, bound: EpochSeconds): Refusal =>
    new Refusal("ExpiredTokenException", message, [
      finding(at, `about ${now}`, String(bound), "the assertion's time is over or has not come", RESPONSE_GUIDE),
    ]);
  if (issuedAt + REDEEM_SECONDS + SKEW_SECONDS <= now) {
    throw expired("Token must be redeemed within 5 minutes of issuance", "IssueInstant", issuedAt);
  }
  if (notOnOrAfter + SKEW_SECONDS <= now) throw expired("Response has expired", "NotOnOrAfter", notOnOrAfter);
  if (notBefore !== null && notBefore - SKEW_SECONDS > now) throw expired("Response is not yet valid", "NotBefore", notBefore);
  if (sessionNotOnOrAfter !== null && sessionNotOnOrAfter <= now) {
    throw expired("Response has expired", "SessionNotOnOrAfter", sessionNotOnOrAfter);
  }
}

function invalid(message: string, at: string, wanted: string | readonly string[], saw: string | readonly string[]): Refusal {
  return new Refusal("InvalidIdentityToken", message, [finding(at, wanted, saw, "the provider has to make it so", REFERENCE)]);
}
