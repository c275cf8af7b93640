import type { ContextBuilder } from "./surroundings.ts";

/**
 * Which attributes of a SAML assertion become condition keys: AWS's tables, as data. An X.500 name is here only if AWS prints it as it is
 * registered. For the others (`2.4.5.42`, `0.9.2342.19200300100.1.1`) it is not known which name AWS reads.
 *
 * @see IAM User Guide, id_roles_providers_create_saml_assertions, "Mapping SAML attributes to AWS trust policy context keys"
 */
const KEYS: readonly SamlAttributeKey[] = [
  ...family("urn:oid:1.3.6.1.4.1.5923.1.1.1.", {
    1: ["eduPersonAffiliation", "list"],
    2: ["eduPersonNickname", "list"],
    3: ["eduPersonOrgDN", "text"],
    4: ["eduPersonOrgUnitDN", "list"],
    5: ["eduPersonPrimaryAffiliation", "text"],
    6: ["eduPersonPrincipalName", "text"],
    7: ["eduPersonEntitlement", "list"],
    8: ["eduPersonPrimaryOrgUnitDN", "text"],
    9: ["eduPersonScopedAffiliation", "list"],
    10: ["eduPersonTargetedID", "list"],
    11: ["eduPersonAssurance", "list"],
  }),
  ...family("urn:oid:1.3.6.1.4.1.5923.1.2.1.", {
    2: ["eduOrgHomePageURI", "list"],
    3: ["eduOrgIdentityAuthNPolicyURI", "list"],
    4: ["eduOrgLegalName", "list"],
    5: ["eduOrgSuperiorURI", "list"],
    6: ["eduOrgWhitePagesURI", "list"],
  }),
  ...family("urn:oid:", { "2.5.4.3": ["cn", "list"] }),
  ...family("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/", {
    name: ["name", "text"],
    givenname: ["givenName", "text"],
    surname: ["surname", "text"],
    emailaddress: ["mail", "text"],
  }),
  ...family("http://schemas.xmlsoap.org/claims/", { CommonName: ["commonName", "text"] }),
  ...family("http://schemas.microsoft.com/ws/2008/06/identity/claims/", { primarygroupsid: ["uid", "text"] }),
  ...family("2.5.4.", { 3: ["commonName", "text"], 4: ["surname", "text"], 45: ["x500UniqueIdentifier", "text"] }),
];

interface SamlAttributeKey {
  /** The attribute's `Name`. */
  readonly attribute: string;
  /** The condition key after `saml:`. */
  readonly key: string;
  readonly type: "text" | "list";
}

function family(
  prefix: string,
  names: Readonly<Record<string, readonly [string, "text" | "list"]>>,
): readonly SamlAttributeKey[] {
  return Object.entries(names).map(([name, [key, type]]) => ({ attribute: prefix + name, key, type }));
}

/** An attribute of an assertion, by its `Name`. */
export interface SamlAttribute {
  readonly name: string;
  readonly values: readonly string[];
}

/** Adds the keys of the attributes. If several attributes are for one key, AWS maps one of them; here it is the first. */
export function addSamlAttributes(context: ContextBuilder, attributes: readonly SamlAttribute[]): void {
  for (const { name, values } of attributes) {
    const mapped = KEYS.find(({ attribute }) => attribute === name);
    if (mapped === undefined || values.length === 0) continue;
    const key = `saml:${mapped.key.toLowerCase()}`;
    if (!context.has(key)) context.set(key, mapped.type === "list" ? values : values.slice(0, 1));
  }
}
