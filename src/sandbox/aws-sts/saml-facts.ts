import type { SessionTags } from "../../core/identity.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import type { SamlAttribute } from "../../trust/aws/saml-attribute-keys.ts";
import type { XmlNode } from "../iam/saml-providers.ts";
import { finding, Refusal } from "./refusal.ts";

/** What a verified assertion says. Read here by another parser than the one of the client, so that one bug cannot agree with itself. */
export interface SamlFacts {
  readonly issuer: string;
  readonly subject: string;
  readonly subjectType: string;
  readonly recipient: string;
  readonly audiences: readonly string[];
  readonly issuedAt: EpochSeconds;
  readonly notBefore: EpochSeconds | null;
  readonly notOnOrAfter: EpochSeconds;
  readonly sessionNotOnOrAfter: EpochSeconds | null;
  readonly roleSessionName: string;
  /** Each a pair with a comma, as it is written there. */
  readonly rolePairs: readonly string[];
  readonly sourceIdentity: string | null;
  readonly tags: SessionTags | null;
  /** What `SessionDuration` asks for, which shortens a session and never lengthens it. */
  readonly sessionSeconds: number | null;
  readonly attributes: readonly SamlAttribute[];
}

const ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/";
const FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

/** @throws {Refusal} `InvalidIdentityToken` for an assertion that lacks what AWS needs. */
export function readSamlAssertion(assertion: XmlNode): SamlFacts {
  const [conditions] = elements(assertion, "Conditions");
  const [confirmation] = elements(assertion, "SubjectConfirmationData");
  const [nameId] = elements(assertion, "NameID");
  const [statement] = elements(assertion, "AuthnStatement");
  const recipient = confirmation?.getAttribute("Recipient") ?? "";
  const issuedAt = instant(assertion, "IssueInstant");
  const notOnOrAfter = instant(confirmation, "NotOnOrAfter") ?? instant(conditions, "NotOnOrAfter");
  if (recipient === "" || issuedAt === null || notOnOrAfter === null || nameId === undefined) {
    throw missing("the assertion", "Subject with NameID, Recipient and NotOnOrAfter, and an IssueInstant");
  }
  const format = nameId.getAttribute("Format") ?? "";
  const roleSessionName = values(assertion, "RoleSessionName")[0] ?? "";
  if (!/^[\w+=,.@-]{2,64}$/.test(roleSessionName)) {
    throw missing(
      `${ATTRIBUTE}RoleSessionName`,
      "2 to 64 of A-Z a-z 0-9 _ + = , . @ -",
      "RoleSessionName is required in AuthnResponse",
    );
  }
  return {
    issuer: textOf(assertion, "Issuer"),
    subject: (nameId.textContent ?? "").trim(),
    subjectType: format.startsWith(FORMAT) ? format.slice(FORMAT.length) : format,
    recipient,
    audiences: elements(assertion, "Audience").map((element) => (element.textContent ?? "").trim()),
    issuedAt,
    notBefore: instant(conditions, "NotBefore"),
    notOnOrAfter: Math.min(notOnOrAfter, instant(conditions, "NotOnOrAfter") ?? notOnOrAfter),
    sessionNotOnOrAfter: instant(statement, "SessionNotOnOrAfter"),
    roleSessionName,
    rolePairs: values(assertion, "Role"),
    sourceIdentity: values(assertion, "SourceIdentity")[0] ?? null,
    tags: tagsOf(assertion),
    sessionSeconds: sessionSecondsOf(values(assertion, "SessionDuration")[0]),
    attributes: attributesNamed(assertion, () => true).map((attribute) => ({
      name: attribute.getAttribute("Name") ?? "",
      values: valuesIn(attribute),
    })),
  };
}

function elements(node: XmlNode, name: string): readonly XmlNode[] {
  return [...node.getElementsByTagNameNS("urn:oasis:names:tc:SAML:2.0:assertion", name)];
}

function textOf(node: XmlNode, name: string): string {
  return (elements(node, name)[0]?.textContent ?? "").trim();
}

function instant(node: XmlNode | undefined, attribute: string): EpochSeconds | null {
  return parseUtc(node?.getAttribute(attribute) ?? "");
}

function attributesNamed(assertion: XmlNode, matches: (name: string) => boolean): readonly XmlNode[] {
  return elements(assertion, "Attribute").filter((attribute) => matches(attribute.getAttribute("Name") ?? ""));
}

function values(assertion: XmlNode, name: string): readonly string[] {
  return attributesNamed(assertion, (candidate) => candidate === ATTRIBUTE + name).flatMap(valuesIn);
}

function valuesIn(attribute: XmlNode): readonly string[] {
  return elements(attribute, "AttributeValue").map((value) => (value.textContent ?? "").trim());
}

/** @see IAM User Guide, id_roles_providers_create_saml_assertions, "SAML SessionDuration Attribute" */
function sessionSecondsOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const seconds = /^\d{3,5}$/.test(text) ? Number(text) : 0;
  if (seconds >= 900 && seconds <= 43_200) return seconds;
  throw missing(`${ATTRIBUTE}SessionDuration`, "a whole number of seconds, 900 to 43200");
}

/** @see IAM User Guide, id_session-tags, "Passing session tags using AssumeRoleWithSAML" */
function tagsOf(assertion: XmlNode): SessionTags | null {
  const prefix = `${ATTRIBUTE}PrincipalTag:`;
  const tags = attributesNamed(assertion, (name) => name.startsWith(prefix)).map((attribute) => {
    const [value = ""] = valuesIn(attribute);
    return [(attribute.getAttribute("Name") ?? "").slice(prefix.length), value] as const;
  });
  return tags.length === 0 ? null : { principal: Object.fromEntries(tags), transitive: values(assertion, "TransitiveTagKeys") };
}

function missing(at: string, wanted: string, message = "Invalid SAML Assertion"): Refusal {
  return new Refusal("InvalidIdentityToken", message, [finding(at, wanted, null, "AWS needs it")]);
}
