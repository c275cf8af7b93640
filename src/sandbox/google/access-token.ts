import type { EpochSeconds } from "../../core/time.ts";
import type { GcpPrincipal } from "../../trust/gcp/map-attributes.ts";
import { openSeal } from "../seal.ts";

/** What an access token of the sandbox's Google stands for. */
export interface GoogleSession {
  readonly bearer:
    | { readonly kind: "federated"; readonly principal: GcpPrincipal }
    | { readonly kind: "service-account"; readonly email: string };
  readonly scopes: readonly string[];
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** Makes access tokens and reads them again. */
export interface GoogleTokens {
  issue(session: GoogleSession): string;
  /** Null for what was not issued in this folder, and for what has ended. */
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

/** As Google writes whom a token is for: `principal://iam.googleapis.com/…/subject/laptop`, or an e-mail. */
export function bearerName({ bearer }: GoogleSession): string {
  if (bearer.kind === "service-account") return bearer.email;
  return `principal://iam.googleapis.com/${bearer.principal.pool}/subject/${bearer.principal.subject}`;
}
