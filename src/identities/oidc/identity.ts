import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest, Identity } from "../../core/identity.ts";
import { type IdToken, type Session, signedInSummary } from "../../core/session.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { Clock } from "../../core/time.ts";
import type { ExchangeToken } from "../../core/token-exchange.ts";
import type { OidcOptions } from "./options.ts";
import { samlAssertion } from "./saml-assertion.ts";

/** A person at an OpenID provider: what the identity is made of. */
export interface OidcPerson {
  /** In the config. */
  readonly name: string;
  readonly options: OidcOptions;
  readonly session: Session;
  readonly exchange: ExchangeToken;
  readonly clock: Pick<Clock, "now">;
  readonly warn: (line: string) => void;
}

/** An ID token that is handed on has to outlive the way to the cloud, and the retries there. */
const MIN_LIFE_SECONDS = 60;

/**
 * The identity kind `oidc`: a person who signs in at an OpenID provider. What proves it is the provider's ID token, whose
 * audience is the client: a cloud has to list the client's id as an audience of that issuer. For a SAML assertion the provider
 * exchanges a token of the session.
 */
export function oidcIdentity(person: OidcPerson): Identity {
  const { name, options, session } = person;
  return {
    async describe() {
      const signedIn = await session.describe();
      return {
        kind: "oidc",
        issuer: options.issuer,
        subject: signedIn?.subject ?? null,
        summary: signedInSummary(name, signedIn),
        session: signedIn,
      };
    },
    assert: (request) => assertPerson(person, request),
  };
}

async function assertPerson(person: OidcPerson, request: AssertionRequest): Promise<Assertion> {
  if (request.form === "saml") return samlAssertion(request, { ...person, subjectToken: person.options.samlSubjectToken });
  checkAnswerable(person, request);
  const { idToken, subject } = await person.session.tokens({ token: "id", minLifeSeconds: MIN_LIFE_SECONDS });
  if (idToken === null) throw new Fault("ID_TOKEN_ABSENT", `${person.options.issuer} gave no ID token that still lives`);
  checkAlgorithm(person, request, idToken);
  warnOfOtherParty(person, idToken);
  const { value, expiresAt } = idToken;
  return { form: "jwt", value: Promise.resolve(value), audience: person.options.clientId, expiresAt, subject };
}

/** Before anybody is asked to sign in for something that cannot come of it. */
function checkAnswerable({ name, options }: OidcPerson, request: AssertionRequest): void {
  if (request.audienceIsDefault !== true && request.audience !== options.clientId) {
    throw new Fault("AUDIENCE_INVALID", `the ID tokens of ${name} are for "${options.clientId}", not for "${request.audience}"`, {
      hints: [`register "${options.clientId}" as the audience there, and leave \`audience\` away here`],
    });
  }
  if (request.tags !== undefined || request.sourceIdentity !== undefined) {
    throw new Fault(
      "ASSERTION_UNSUPPORTED",
      `only the provider of ${name} can put session tags or a source identity in a token`,
      {
        hints: ["have the provider add the claim `https://aws.amazon.com/tags`, and take the options out of the profile"],
      },
    );
  }
}

function checkAlgorithm({ options }: OidcPerson, request: AssertionRequest, idToken: IdToken): void {
  if (request.algorithms.includes(idToken.algorithm as SignatureAlgorithm)) return;
  const wanted = request.algorithms.join(" or ");
  throw new Fault(
    "ALGORITHM_UNSUPPORTED",
    `${options.issuer} signs its ID tokens by ${idToken.algorithm}, and ${wanted} is needed`,
    {
      hints: ["choose another algorithm for the client at the provider"],
    },
  );
}

/** AWS compares `azp`, where there is one, with the registered audience. */
function warnOfOtherParty({ options, warn }: OidcPerson, { claims }: IdToken): void {
  const { azp } = claims;
  if (azp === undefined || azp === options.clientId) return;
  warn(`the ID token says azp ${JSON.stringify(azp)}, which AWS takes for the audience in place of ${options.clientId}`);
}
