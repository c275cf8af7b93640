import type { KoaContextWithOIDC, UnknownObject } from "oidc-provider";
import type { EpochSeconds } from "../../core/time.ts";
import { type Level, levelOf } from "../../wire/brevet-api/levels.ts";

/** How and when the person behind an access token signed in. */
export interface SessionFacts {
  readonly level: Level | null;
  readonly acr: string | null;
  readonly methods: readonly string[];
  readonly signedInAt: EpochSeconds;
}

interface Source {
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly authTime?: number | undefined;
}

/** The sign-in of what the access token is being made from: a code, a device code or a refresh token. */
export function sourceOf(context: KoaContextWithOIDC): Source {
  const { RefreshToken, AuthorizationCode, DeviceCode } = context.oidc.entities;
  return (RefreshToken ?? AuthorizationCode ?? DeviceCode ?? {}) as Source;
}

/** What is kept with an access token, for its recipients: this server at an exchange, others by introspection. */
export function sessionClaims(context: KoaContextWithOIDC): UnknownObject {
  const { acr, amr, authTime } = sourceOf(context);
  return { ...(acr === undefined ? {} : { acr }), ...(amr === undefined ? {} : { amr }), auth_time: authTime ?? 0 };
}

/** Reads {@link sessionClaims} back. */
export function sessionFacts(extra: UnknownObject | undefined): SessionFacts {
  const acr = typeof extra?.["acr"] === "string" ? extra["acr"] : null;
  const amr = extra?.["amr"];
  return {
    level: levelOf(acr ?? undefined),
    acr,
    methods: Array.isArray(amr) ? amr.filter((method): method is string => typeof method === "string") : [],
    // A token without a sign-in is of one that ended in 1970.
    signedInAt: typeof extra?.["auth_time"] === "number" ? extra["auth_time"] : 0,
  };
}
