import type { AssertionRequest, SessionTags } from "../../core/identity.ts";
import type { RandomBytes } from "../../core/random.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { AWS_ROLES_CLAIM, AWS_SOURCE_IDENTITY_CLAIM, AWS_TAGS_CLAIM, encodeAwsTags } from "../../wire/aws-sts/token-claims.ts";
import { encodeBase64url } from "../../wire/jwt/base64url.ts";
import type { Json, JwtClaims } from "../../wire/jwt/encode.ts";
import { LONGEST_TOKEN_SECONDS, tokenTimes } from "../../wire/jwt/token-times.ts";
import type { DeviceOptions } from "./options.ts";

/** Bytes of randomness in `jti`. */
const JTI_BYTES = 16;

/**
 * The claims of a device's token for one request. There is never an `azp`: AWS would compare that with the registered
 * audience instead of `aud`.
 *
 * The tags and the source identity of the config go only into tokens for an AWS role: nobody else knows the notion.
 */
export function deviceClaims(
  device: DeviceOptions & { readonly issuer: string },
  request: AssertionRequest,
  at: { readonly now: EpochSeconds; readonly random: RandomBytes },
): JwtClaims {
  const { iat, exp } = tokenTimes(at.now, request.maxAgeSeconds ?? LONGEST_TOKEN_SECONDS);
  return {
    iss: device.issuer,
    sub: device.subject,
    aud: request.audience,
    iat,
    exp,
    jti: encodeBase64url(at.random(JTI_BYTES)),
    ...awsClaims(device, request),
  };
}

function awsClaims(device: DeviceOptions, request: AssertionRequest): Readonly<Record<string, Json>> {
  const { forRole } = request;
  const tags = forRole === undefined ? (request.tags ?? null) : mergeTags(device.tags, request.tags ?? null);
  const sourceIdentity = request.sourceIdentity ?? (forRole === undefined ? null : device.sourceIdentity);
  return {
    ...(forRole === undefined ? {} : { [AWS_ROLES_CLAIM]: [forRole] }),
    ...(tags === null ? {} : { [AWS_TAGS_CLAIM]: encodeAwsTags(tags) }),
    ...(sourceIdentity === null ? {} : { [AWS_SOURCE_IDENTITY_CLAIM]: sourceIdentity }),
  };
}

/** The request's tags win over those of the config, key by key; AWS compares keys without case. */
function mergeTags(configured: SessionTags | null, requested: SessionTags | null): SessionTags | null {
  if (configured === null || requested === null) return requested ?? configured;
  const asked = new Set(Object.keys(requested.principal).map((key) => key.toLowerCase()));
  const isFree = (key: string): boolean => !asked.has(key.toLowerCase());
  const kept = Object.entries(configured.principal).filter(([key]) => isFree(key));
  return {
    principal: { ...Object.fromEntries(kept), ...requested.principal },
    transitive: [...configured.transitive.filter(isFree), ...requested.transitive],
  };
}
