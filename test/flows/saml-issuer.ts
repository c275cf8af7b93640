import "reflect-metadata/lite";
import { KeyObject, webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as x509 from "@peculiar/x509";
import { SignedXml } from "xml-crypto";
import { samlProviderFile } from "../../src/sandbox/iam/saml-providers.ts";

/** A SAML identity provider made with `xml-crypto`: what the tests of SAML share. */
export const ENTITY = "https://idp.example/realms/dev";
export const PROVIDER = "arn:aws:iam::123456789012:saml-provider/idp";
export const ROLE = "arn:aws:iam::123456789012:role/saml-dev";
export const PAIR = `${ROLE},${PROVIDER}`;

/** What an assertion says; each test changes one thing. */
export interface Wanted {
  readonly issuer: string;
  readonly audience: string;
  readonly recipient: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly endsAt: number;
  readonly sessionEndsAt: number | null;
  readonly roles: readonly string[];
  readonly sessionName: string;
  /** What is put into the assertion beside. */
  readonly extra: string;
}

export interface SamlIssuer {
  readonly metadata: string;
  /** A signed assertion; `sign: false` leaves the signature out. */
  assertion(changes?: Partial<Wanted>, how?: { readonly sign?: boolean }): string;
  /** A signed response around an assertion that is not signed itself. */
  response(changes?: Partial<Wanted>): string;
  /** Gives the metadata to a sandbox, as an administrator creates the SAML provider in IAM. */
  register(sandboxFolder: string, name?: string): void;
}

export async function makeSamlIssuer(now: number): Promise<SamlIssuer> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { name: "CN=idp", keys, signingAlgorithm: algorithm },
    webcrypto,
  );
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  const defaults: Wanted = {
    issuer: ENTITY,
    audience: "urn:amazon:webservices",
    recipient: "https://signin.aws.amazon.com/saml",
    issuedAt: now,
    endsAt: now + 300,
    sessionEndsAt: now + 36_000,
    roles: [PAIR],
    sessionName: "ann",
    extra: "",
  };
  const base64 = Buffer.from(certificate.rawData).toString("base64");
  const sign = (text: string, name: string): string => signXml(text, name, privateKey);
  const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${ENTITY}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${base64}</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>`;
  return {
    metadata,
    assertion(changes = {}, { sign: isSigned = true } = {}) {
      const text = writeAssertion({ ...defaults, ...changes });
      return isSigned ? sign(text, "Assertion") : text;
    },
    response(changes = {}) {
      return sign(writeResponse(writeAssertion({ ...defaults, ...changes })), "Response");
    },
    register(sandboxFolder, name = "idp") {
      const file = samlProviderFile(sandboxFolder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, metadata);
    },
  };
}

/** A response around whatever is given. */
export function writeResponse(inside: string): string {
  return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="r1" Version="2.0"><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inside}</samlp:Response>`;
}

function writeAssertion(wanted: Wanted): string {
  const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const attribute = (name: string, values: readonly string[]): string =>
    `<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join("")}</saml:Attribute>`;
  const session = wanted.sessionEndsAt === null ? "" : ` SessionNotOnOrAfter="${time(wanted.sessionEndsAt)}"`;
  return [
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="a1" Version="2.0" IssueInstant="${time(wanted.issuedAt)}">`,
    `<saml:Issuer>${wanted.issuer}</saml:Issuer>`,
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">G-1</saml:NameID>`,
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${time(wanted.endsAt)}" Recipient="${wanted.recipient}"/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${time(wanted.issuedAt)}" NotOnOrAfter="${time(wanted.endsAt)}"><saml:AudienceRestriction><saml:Audience>${wanted.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${time(wanted.issuedAt)}"${session}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    `<saml:AttributeStatement>${attribute("RoleSessionName", [wanted.sessionName])}${attribute("Role", wanted.roles)}</saml:AttributeStatement>`,
    wanted.extra,
    "</saml:Assertion>",
  ].join("");
}

function signXml(text: string, name: string, privateKey: string): string {
  const signer = new SignedXml({
    privateKey,
    signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
  });
  signer.addReference({
    xpath: `//*[local-name(.)='${name}']`,
    transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"],
    digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
  });
  signer.computeSignature(text, { location: { reference: `//*[local-name(.)='${name}']`, action: "append" } });
  return signer.getSignedXml();
}
