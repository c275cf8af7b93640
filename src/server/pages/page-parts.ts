import type { EpochSeconds } from "../../core/time.ts";
import type { Interactions } from "../provider/interactions.ts";
import type { AttestationPolicy } from "../webauthn/attestation.ts";
import type { RelyingParty } from "../webauthn/relying-party.ts";
import type { Cookies } from "./visitor.ts";

/** What pages are made from. */
export interface PageParts {
  readonly organisation: string;
  readonly party: RelyingParty;
  readonly policy: AttestationPolicy;
  readonly interactions: Interactions;
  readonly cookies: Cookies;
  /** What the tokens in forms are made with. */
  readonly formKey: Buffer;
  readonly now: () => EpochSeconds;
}

/** The value of a field of a JSON body; undefined for what has none. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
}
