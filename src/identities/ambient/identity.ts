import { Fault } from "../../core/fault.ts";
import type { Assertion, AssertionRequest, Identity } from "../../core/identity.ts";
import { Secret } from "../../core/secret.ts";
import type { Clock } from "../../core/time.ts";
import { decodeJwtUnverified } from "../../wire/jwt/decode.ts";
import { chooseSource, requireSource } from "./detect.ts";
import type { AmbientOptions } from "./options.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * The identity kind `ambient`: whatever the program runs in (a build job, a pod, a machine of a cloud) says who it is, and signs.
 *
 * The signature is for the verifier to check, who alone knows which issuer to trust. Looked at here is what would only be refused
 * later with less to say: form, audience and end of the token. Such an issuer takes no orders: a token cannot be pinned to a role,
 * and lives as long as the issuer says.
 */
export function ambientIdentity(name: string, options: AmbientOptions, surroundings: Surroundings): Identity {
  return {
    async describe() {
      const chosen = chooseSource(options, surroundings);
      if (chosen === null)
        return { kind: "ambient", issuer: null, subject: null, summary: "nothing around this program", absent: true };
      const { issuer, subject } = chosen.source.who?.(surroundings, options) ?? { issuer: null, subject: null };
      const summary = `${chosen.source.title}, ${chosen.detected ? "detected" : "named in the config"}`;
      return { kind: "ambient", issuer, subject, summary };
    },
    async assert(request) {
      refuseOrders(name, request);
      const { source } = requireSource(options, surroundings);
      return checkToken(await source.token(request, surroundings, options), source.title, request, surroundings.clock);
    },
  };
}

/** What only the issuer could put into the token, and no ambient issuer does. */
function refuseOrders(name: string, request: AssertionRequest): void {
  const refuse = (order: string, hint: string): Fault =>
    new Fault("ASSERTION_UNSUPPORTED", `the identity ${name} takes the token that there is, and cannot get ${order}`, {
      hints: [hint],
    });
  if (request.form !== "jwt")
    throw refuse("a SAML assertion", "take `saml` out of the profile: a role can trust the tokens of its issuer");
  if (request.tags === undefined && request.sourceIdentity === undefined) return;
  const order = request.tags === undefined ? "a token with a source identity" : "a token with session tags";
  throw refuse(order, "remove `tags` and `sourceIdentity` from the profile, or give them to a profile that goes `via` this one");
}

function checkToken(token: string, title: string, request: AssertionRequest, clock: Clock): Assertion {
  const { header, claims } = decodeJwtUnverified(token);
  const { aud, exp, sub } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(request.audience)) {
    throw new Fault(
      "TOKEN_REFUSED",
      `the token of ${title} is for ${audiences.map(quote).join(" and ")}, not for ${request.audience}`,
      {
        hints: ["change the audience where the token is made, or `audience` in the profile to it"],
        details: { failed: "audience" },
      },
    );
  }
  if (typeof exp !== "number" || exp <= clock.now()) {
    throw new Fault("TOKEN_REFUSED", `the token of ${title} has ended`, {
      hints: ["tokens of a job end with it or before: get the credentials earlier, or a new token"],
      details: { failed: "times" },
    });
  }
  const { alg } = header;
  if ((alg === "ES256" || alg === "RS256") && !request.algorithms.includes(alg)) {
    throw new Fault(
      "ALGORITHM_UNSUPPORTED",
      `${request.audience} needs ${request.algorithms.join(" or ")}, and ${title} signs by ${alg}`,
    );
  }
  const assertion = {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", token)),
    audience: request.audience,
    expiresAt: Math.floor(exp),
  } as const;
  return typeof sub === "string" && sub !== "" ? { ...assertion, subject: sub } : assertion;
}

function quote(audience: unknown): string {
  return typeof audience === "string" ? JSON.stringify(audience.slice(0, 200)) : "nobody";
}
