import { Fault } from "../../core/fault.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import { parseRoleArn } from "../aws-sts/role-arn.ts";
import {
  everyElement,
  findAll,
  isElement,
  parseSamlXml,
  SAML_ASSERTION,
  SAML_PROTOCOL,
  type SamlElement,
  XML_SIGNATURE,
} from "./element.ts";

/** A role that an assertion offers, and the IAM provider through which. */
export interface OfferedRole {
  readonly roleArn: string;
  readonly providerArn: string;
}

/** What a SAML response or assertion says. Its signature is not verified: that is for the party that trusts its issuer. */
export interface UnverifiedSaml {
  /** What the document is: AWS takes a response, some providers give a bare assertion. */
  readonly document: "response" | "assertion";
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Where bearers may present it. */
  readonly recipients: readonly string[];
  readonly issueInstant: string;
  /** The latest of all the beginnings that it names, and the earliest of the ends. */
  readonly notBefore: EpochSeconds | null;
  readonly notOnOrAfter: EpochSeconds;
  /** When the provider's own session ends; AWS ends its session then, too. */
  readonly sessionNotOnOrAfter: EpochSeconds | null;
  readonly roles: readonly OfferedRole[];
  readonly roleSessionName: string | null;
}

const TAMPERED = ["somebody may have changed it on the way: tell those who run the provider"];
const ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/";

/**
 * Reads a SAML response or a bare assertion.
 *
 * It must hold exactly one assertion, in its proper place, and each of the two may have one signature, over the element that
 * holds it. This defeats signature wrapping, which moves the signed assertion aside and has another one read.
 *
 * @throws {Fault} `SAML_MALFORMED`, `SAML_ENTITIES`, `SAML_AMBIGUOUS`, `SAML_SIGNATURE_MOVED`, `SAML_UNSIGNED`.
 * @see SAML 2.0 Core §2, §5.4.2
 */
export function parseSaml(text: string): UnverifiedSaml {
  const root = parseSamlXml(text);
  const assertion = onlyAssertion(root);
  requireSignature(root, assertion);
  const attributes = attributesOf(assertion);
  return {
    document: root === assertion ? "assertion" : "response",
    issuer: textOf(findAll(assertion, "Issuer"), "Issuer"),
    audiences: findAll(assertion, "Conditions", "AudienceRestriction", "Audience").map(({ text: audience }) => audience.trim()),
    recipients: confirmations(assertion).flatMap(({ attributes: { Recipient } }) => (Recipient === undefined ? [] : [Recipient])),
    issueInstant: assertion.attributes["IssueInstant"] ?? "",
    ...timesOf(assertion),
    roles: (attributes.get(`${ATTRIBUTE}Role`) ?? []).map(parseRolePair),
    roleSessionName: attributes.get(`${ATTRIBUTE}RoleSessionName`)?.[0]?.trim() ?? null,
  };
}

function onlyAssertion(root: SamlElement): SamlElement {
  const all = [...everyElement(root)];
  // By their names alone: another reader may not look at namespaces.
  const assertions = all.filter(({ name }) => name === "Assertion" || name === "EncryptedAssertion");
  if (assertions.length > 1) throw ambiguous(`holds ${assertions.length} assertions`);
  const [assertion] = assertions;
  const isPlaced =
    assertion === root || (isElement(root, SAML_PROTOCOL, "Response") && root.children.some((child) => child === assertion));
  if (assertion === undefined || !isElement(assertion, SAML_ASSERTION, "Assertion") || !isPlaced) {
    throw new Fault("SAML_MALFORMED", "what the provider gave is neither a SAML 2.0 response with an assertion nor an assertion");
  }
  if (assertion.attributes["Version"] !== "2.0") throw new Fault("SAML_MALFORMED", "the assertion is not one of SAML 2.0");
  const ids = all.flatMap(({ attributes }) => ["ID", "Id", "id"].flatMap((name) => attributes[name] ?? []));
  if (new Set(ids).size < ids.length) throw ambiguous("gives one ID to several elements");
  return assertion;
}

function requireSignature(root: SamlElement, assertion: SamlElement): void {
  const signatures = [...everyElement(root)].filter((element) => isElement(element, XML_SIGNATURE, "Signature"));
  for (const signature of signatures) {
    const signed = [root, assertion].find(({ children }) => children.includes(signature));
    const references = [...everyElement(signature)].filter((element) => isElement(element, XML_SIGNATURE, "Reference"));
    const id = signed?.attributes["ID"];
    if (id && references.length === 1 && references[0]?.attributes["URI"] === `#${id}`) continue;
    throw new Fault(
      "SAML_SIGNATURE_MOVED",
      "what the provider gave has a signature that is not over the element that it stands in",
      {
        hints: TAMPERED,
      },
    );
  }
  if (signatures.length > 0) return;
  throw new Fault("SAML_UNSIGNED", "the assertion is not signed, and AWS takes only signed ones", {
    hints: ["turn on the signing of assertions for AWS's client at the provider"],
  });
}

function timesOf(assertion: SamlElement): Pick<UnverifiedSaml, "notBefore" | "notOnOrAfter" | "sessionNotOnOrAfter"> {
  const bounds = [...findAll(assertion, "Conditions"), ...confirmations(assertion)];
  const ends = instants(bounds, "NotOnOrAfter");
  const beginnings = instants(bounds, "NotBefore");
  const sessions = instants(findAll(assertion, "AuthnStatement"), "SessionNotOnOrAfter");
  if (ends.length === 0) throw new Fault("SAML_MALFORMED", "the assertion does not say when it ends");
  return {
    notBefore: beginnings.length === 0 ? null : Math.max(...beginnings),
    notOnOrAfter: Math.min(...ends),
    sessionNotOnOrAfter: sessions.length === 0 ? null : Math.min(...sessions),
  };
}

function instants(elements: readonly SamlElement[], attribute: string): readonly EpochSeconds[] {
  return elements.flatMap(({ attributes }) => {
    const written = attributes[attribute];
    if (written === undefined) return [];
    const instant = parseUtc(written);
    if (instant === null) throw new Fault("SAML_MALFORMED", `the assertion's ${attribute} is no time`);
    return [instant];
  });
}

function confirmations(assertion: SamlElement): readonly SamlElement[] {
  return findAll(assertion, "Subject", "SubjectConfirmation", "SubjectConfirmationData");
}

function attributesOf(assertion: SamlElement): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const attribute of findAll(assertion, "AttributeStatement", "Attribute")) {
    const name = attribute.attributes["Name"] ?? "";
    const own = findAll(attribute, "AttributeValue").map(({ text }) => text);
    values.set(name, [...(values.get(name) ?? []), ...own]);
  }
  return values;
}

/** Two ARNs with a comma between them, in either order. @see IAM User Guide, "Configure SAML assertions for the authentication response" */
function parseRolePair(value: string): OfferedRole {
  const arns = value.split(",").map((arn) => arn.trim());
  const roleArn = arns.find((arn) => /:role\//.test(arn));
  const providerArn = arns.find((arn) => /^arn:aws[a-z0-9-]*:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/.test(arn));
  if (arns.length !== 2 || roleArn === undefined || providerArn === undefined) {
    throw new Fault(
      "SAML_MALFORMED",
      "a role in the assertion is not a role's ARN and a SAML provider's with a comma between them",
      {
        hints: ["mend the mapping of roles for AWS's client at the provider"],
      },
    );
  }
  return { roleArn: parseRoleArn(roleArn, "the assertion").text, providerArn };
}

function textOf([element]: readonly SamlElement[], name: string): string {
  const text = element?.text.trim() ?? "";
  if (text !== "") return text;
  throw new Fault("SAML_MALFORMED", `the assertion has no ${name}`);
}

function ambiguous(what: string): Fault {
  return new Fault("SAML_AMBIGUOUS", `what the provider gave ${what}, so it can be read in two ways`, {
    hints: TAMPERED,
  });
}
