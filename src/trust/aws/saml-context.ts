import { createHash } from "node:crypto";
import type { SessionTags } from "../../core/identity.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { addSamlAttributes, type SamlAttribute } from "./saml-attribute-keys.ts";
import { addSession, addSurroundings, type ContextBuilder, type Surroundings } from "./surroundings.ts";

/** One call of AssumeRoleWithSAML, its assertion verified. */
export interface SamlCall extends Surroundings {
  /** The recipient that the assertion names: `https://signin.aws.amazon.com/saml`. */
  readonly recipient: string;
  readonly issuer: string;
  readonly subject: string;
  /** `persistent`, `transient`, or the whole format of the name. */
  readonly subjectType: string;
  /** The name of the IAM provider, without its ARN. */
  readonly providerName: string;
  readonly accountId: string;
  readonly roleSessionName: string;
  readonly sourceIdentity: string | null;
  readonly attributes: readonly SamlAttribute[];
  readonly tags: SessionTags | null;
  readonly now: EpochSeconds;
}

/**
 * The condition keys of a call with a SAML assertion.
 *
 * @see IAM User Guide, reference_policies_iam-condition-keys, condition-keys-saml
 */
export function samlContext(call: SamlCall): ReadonlyMap<string, readonly string[]> {
  const context: ContextBuilder = new Map();
  context.set("saml:aud", [call.recipient]);
  context.set("saml:iss", [call.issuer]);
  context.set("saml:sub", [call.subject]);
  context.set("saml:sub_type", [call.subjectType]);
  context.set("saml:namequalifier", [nameQualifier(call)]);
  context.set("saml:doc", [`${call.accountId}/${call.providerName}`]);
  addSamlAttributes(context, call.attributes);
  addSession(context, call);
  addSurroundings(context, call, call.now);
  return context;
}

/** base64 of SHA-1 over issuer, account and provider, which is the same for each user of a provider. @see AssumeRoleWithSAML, `NameQualifier` */
export function nameQualifier({
  issuer,
  accountId,
  providerName,
}: Pick<SamlCall, "issuer" | "accountId" | "providerName">): string {
  return createHash("sha1").update(`${issuer}${accountId}/${providerName}`).digest("base64");
}
