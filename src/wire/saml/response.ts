import { Fault } from "../../core/fault.ts";
import { parseSaml, type UnverifiedSaml } from "./assertion.ts";

/** A SAML response as AWS takes it, and what is in these very bytes. */
export interface SamlResponse {
  /** base64, with padding. */
  readonly encoded: string;
  readonly saml: UnverifiedSaml;
}

/** AWS STS API Reference, `SAMLAssertion`: at most 100,000 characters of base64. */
const MAX_ENCODED = 100_000;

/**
 * Makes what a provider gave into what AWS takes: base64url or base64, with or without padding, in; a response in base64 out. A bare
 * assertion is wrapped into a response without changing a byte of it, so that its signature stays good.
 *
 * The returned facts are read from the bytes that are sent, not from those that came.
 *
 * @throws {Fault} `SAML_OVERSIZE`, and what {@link parseSaml} raises.
 */
export function prepareSamlResponse(given: string): SamlResponse {
  if (given.length > MAX_ENCODED) throw oversize(given.length);
  const text = decode(given);
  const read = parseSaml(text);
  if (read.document === "response") return checkSize({ encoded: encode(text), saml: read });
  const response = wrap(text, read);
  return checkSize({ encoded: encode(response), saml: parseSaml(response) });
}

function decode(given: string): string {
  const [, body = ""] = /^([A-Za-z0-9+/_-]+)={0,2}$/.exec(given.trim()) ?? [];
  const isMixed = /[+/]/.test(body) && /[-_]/.test(body);
  const bytes = Buffer.from(body.replaceAll("-", "+").replaceAll("_", "/"), "base64");
  if (body === "" || isMixed || body.length % 4 === 1) throw new Fault("SAML_MALFORMED", "what the provider gave is not base64");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Fault("SAML_MALFORMED", "what the provider gave is not UTF-8");
  }
}

/** Only prefixes that no canonical form of the assertion can see are declared around it. @see Exclusive XML Canonicalization 1.0 */
function wrap(assertion: string, { recipients, issuer, issueInstant }: UnverifiedSaml): string {
  const [destination] = recipients;
  const id = /\sID=["']([\w.-]+)["']/.exec(assertion)?.[1] ?? "assertion";
  const attributes = {
    "xmlns:samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    ID: `response-${id}`,
    Version: "2.0",
    IssueInstant: issueInstant,
    ...(destination === undefined ? {} : { Destination: destination }),
  };
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const issuerElement = `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeXml(issuer)}</saml:Issuer>`;
  const status = '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
  const body = assertion.replace(/^\s*<\?xml[^>]*\?>\s*/, "");
  return `<samlp:Response${written.join("")}>${issuerElement}${status}${body}</samlp:Response>`;
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function checkSize(response: SamlResponse): SamlResponse {
  if (response.encoded.length > MAX_ENCODED) throw oversize(response.encoded.length);
  return response;
}

function oversize(length: number): Fault {
  return new Fault("SAML_OVERSIZE", `the SAML response has ${length} characters, and AWS takes ${MAX_ENCODED}`, {
    hints: ["let the provider put fewer attributes and groups into it"],
  });
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
