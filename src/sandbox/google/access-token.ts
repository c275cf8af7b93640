import type { EpochSeconds } from "../../core/time.ts";
import type { GcpPrincipal } from "../../trust/gcp/map-attributes.ts";
import { openSeal } from "../seal.ts";

/** What is sealed in an access token of the sandbox's Google. */
export interface GoogleSession {
  readonly bearer:
    | { readonly kind: "federated"; readonly principal: GcpPrincipal }
    | { readonly kind: "service-account"; readonly email: string }
    /** An administrator of every project of the sandbox. */
    | { readonly kind: "administrator" };
  readonly scopes: readonly string[];
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** Makes access tokens and reads them again. */
export interface GoogleTokens {
  issue(session: GoogleSession): string;
  /** Null for a token that was not issued in this folder, or has ended. */
  read(token: string, now: EpochSeconds): GoogleSession | null;
}

const PREFIX = "ya29.sandbox.";

/** Opens the tokens of a sandbox folder. */
export function openGoogleTokens(folder: string): GoogleTokens {
  const { seal, open } = openSeal(folder, "google access token");
  return {
    issue: (session) => PREFIX + Buffer.from(seal(session), "base64").toString("base64url"),
    read(token, now) {
      if (!token.startsWith(PREFIX)) return null;
      const session = open(Buffer.from(token.slice(PREFIX.length), "base64url").toString("base64")) as GoogleSession | null;
      return session !== null && session.expiresAt > now ? session : null;
    },
  };
}

/** A token that an administrator of the sandbox's projects would have, for twelve hours. */
export function administratorToken(folder: string, now: EpochSeconds): string {
  const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
  return openGoogleTokens(folder).issue({
    bearer: { kind: "administrator" },
    scopes,
    issuedAt: now,
    expiresAt: now + ADMINISTRATOR_SECONDS,
  });
}

const ADMINISTRATOR_SECONDS = 12 * 3600;

/** The holder of a token, as Google writes it: `principal://iam.googleapis.com/…/subject/laptop`, or an e-mail. */
export function bearerName({ bearer }: GoogleSession): string {
  if (bearer.kind === "service-account") return bearer.email;
  if (bearer.kind === "administrator") return "administrator@example.com";
  return `principal://iam.googleapis.com/${bearer.principal.pool}/subject/${bearer.principal.subject}`;
}
