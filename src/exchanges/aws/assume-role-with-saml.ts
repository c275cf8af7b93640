import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { CLOCK_HINT, type EpochSeconds, formatDuration } from "../../core/time.ts";
import type { OfferedRole, UnverifiedSaml } from "../../wire/saml/assertion.ts";
import { prepareSamlResponse } from "../../wire/saml/response.ts";
import type { AwsOptions, SamlOptions } from "./options.ts";
import { sharedParameters } from "./session-parameters.ts";

/** What `AssumeRoleWithSAML` is called with. */
export interface SamlParameters {
  readonly parameters: Readonly<Record<string, string>>;
  /** What is sent and must not come back in a message. */
  readonly secret: Secret<string>;
}

/** Clocks differ by so much; AWS leaves as much. */
const TOLERANCE_SECONDS = 60;
/** Where AWS's partitions receive assertions. @see IAM User Guide, id_roles_providers_create_saml_assertions, `Recipient` */
const RECIPIENT =
  /^https:\/\/([a-z0-9-]+\.)?signin\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|aws\.eu|amazonaws-eusc\.eu)\//;

/**
 * Makes the parameters of `AssumeRoleWithSAML` from what a provider gave. The role is the one of the profile and no other: an
 * assertion that offers a single different one is refused.
 *
 * AWS ends the session with the provider's own (`SessionNotOnOrAfter`); where that is before the duration that was asked for, it
 * is said. The duration itself is asked for as it is: AWS refuses one that the role does not allow.
 *
 * @throws {Fault} what {@link prepareSamlResponse} raises; `SAML_AUDIENCE_WRONG`, `SAML_RECIPIENT_WRONG`, `SAML_EXPIRED`,
 * `ROLE_UNOFFERED`.
 * @see STS API Reference, AssumeRoleWithSAML
 */
export function samlParameters(
  assertion: Secret<string>,
  options: AwsOptions & { readonly saml: SamlOptions },
  { now, warn }: { readonly now: EpochSeconds; readonly warn: (line: string) => void },
): SamlParameters {
  const { encoded, saml } = prepareSamlResponse(assertion.reveal());
  checkUse(saml, options, now);
  const { roleArn, providerArn } = offeredRole(saml.roles, options);
  const left = (saml.sessionNotOnOrAfter ?? Number.POSITIVE_INFINITY) - now;
  if (left < options.durationSeconds) {
    warn(
      `the provider's session ends in ${formatDuration(left)}, and the credentials with it, not after the ${formatDuration(options.durationSeconds)} that were asked for`,
    );
  }
  return {
    parameters: { ...sharedParameters(options), RoleArn: roleArn, PrincipalArn: providerArn, SAMLAssertion: encoded },
    secret: new Secret("SAML response", encoded),
  };
}

function checkUse(saml: UnverifiedSaml, options: AwsOptions & { readonly saml: SamlOptions }, now: EpochSeconds): void {
  const { audience } = options.saml;
  const list = (values: readonly string[]): string =>
    values.map((value) => JSON.stringify(value.slice(0, 200))).join(" and ") || "nobody";
  if (!saml.audiences.includes(audience)) {
    throw new Fault("SAML_AUDIENCE_WRONG", `the assertion is for ${list(saml.audiences)}, not for ${audience}`, {
      hints: [`see ${options.place.at("saml").at("audience")}, and AWS's client at the provider`],
    });
  }
  if (saml.recipients.length === 0 || !saml.recipients.every((recipient) => RECIPIENT.test(recipient))) {
    throw new Fault("SAML_RECIPIENT_WRONG", `the assertion is to be presented at ${list(saml.recipients)}, which is not AWS`, {
      hints: ["set the consumer URL of AWS's client at the provider to `https://signin.aws.amazon.com/saml`"],
    });
  }
  const ends = Math.min(saml.notOnOrAfter, saml.sessionNotOnOrAfter ?? saml.notOnOrAfter);
  if (ends + TOLERANCE_SECONDS > now && (saml.notBefore ?? now) - TOLERANCE_SECONDS <= now) return;
  const how = ends + TOLERANCE_SECONDS > now ? "is not valid yet" : `ended ${formatDuration(now - ends)} ago`;
  throw new Fault("SAML_EXPIRED", `the assertion ${how}, by this machine's clock`, {
    hints: [CLOCK_HINT],
    details: { notBefore: saml.notBefore, notOnOrAfter: saml.notOnOrAfter },
  });
}

/** The pair of the profile's role, compared exactly: ARNs have case. */
function offeredRole(
  roles: readonly OfferedRole[],
  { role, saml, place }: AwsOptions & { readonly saml: SamlOptions },
): OfferedRole {
  const details = { offered: roles.map(({ roleArn }) => roleArn) };
  if (roles.length === 0) {
    throw new Fault("ROLE_UNOFFERED", "the provider offers this person no AWS role", {
      hints: ["let those who run the provider give you one, or see which attribute of AWS's client maps roles"],
      details,
    });
  }
  const ofRole = roles.filter(({ roleArn }) => roleArn === role.text);
  const [pair, ...others] = ofRole.filter(({ providerArn }) => saml.providerArn === null || providerArn === saml.providerArn);
  if (pair === undefined) {
    const through = ofRole.length > 0 ? ` through ${saml.providerArn}` : "";
    throw new Fault("ROLE_UNOFFERED", `the provider does not offer this person ${role.text}${through}`, {
      hints: [`it offers ${[...new Set(details.offered)].join(", ")}`],
      details,
    });
  }
  if (others.some(({ providerArn }) => providerArn !== pair.providerArn)) {
    throw new Fault("ROLE_UNOFFERED", `the provider offers ${role.text} through several SAML providers of AWS`, {
      hints: [`set ${place.at("saml").at("providerArn")} to one of ${ofRole.map(({ providerArn }) => providerArn).join(", ")}`],
      details,
    });
  }
  return pair;
}
