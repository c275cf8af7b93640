import type { EpochSeconds } from "../../core/time.ts";
import type { Level } from "../../wire/brevet-api/levels.ts";
import type { Author } from "../audit/event.ts";
import type { OwnCookie } from "../http/cookies.ts";
import type { Seal } from "../keys/seal.ts";
import type { Interactions } from "../provider/interactions.ts";
import type { ProviderClients } from "../provider/registered-clients.ts";
import type { Reader } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { AskUpstream } from "../upstream/ask-upstream.ts";
import type { UpstreamChange, UpstreamClient } from "../upstream/upstream.ts";
import type { AttestationPolicy } from "../webauthn/attestation.ts";
import type { CeremonyAnswer } from "../webauthn/ceremony.ts";
import type { RelyingParty } from "../webauthn/relying-party.ts";
import type { GateCookie } from "./gate-cookie.ts";

/** The organisation's own identity provider, before the registration of a key. */
export interface Gate {
  /** The provider that is set now; null: none. */
  upstream(reader: Reader): Promise<UpstreamClient | null>;
  /** What a change of it is made from, and what that says. */
  document(reader: Reader): Promise<string | null>;
  open(document: string | null): UpstreamClient | null;
  /** Collects another one, or none. @throws {Fault} `VERSION_STALE` at commit when somebody else was faster. */
  change(unit: Unit, change: UpstreamChange, by: Author): void;
  readonly ask: AskUpstream;
  readonly cookie: GateCookie;
}

/** What pages are made from. */
export interface PageParts {
  readonly organisation: string;
  readonly party: RelyingParty;
  readonly policy: AttestationPolicy;
  readonly interactions: Interactions;
  /** The session of these pages. */
  readonly cookie: OwnCookie;
  readonly gate: Gate;
  readonly clients: ProviderClients;
  readonly seal: Seal;
  /** What the tokens in forms are made with. */
  readonly formKey: Buffer;
  /** Has this instance sign and publish by what was committed a moment ago, which other instances do within seconds. */
  readonly takeUpKeys: () => Promise<void>;
  readonly now: () => EpochSeconds;
}

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  recovery: "for recovery",
  passkey: "may be on several devices",
  "device-bound": "stays on one device",
  attested: "stays on one device, proved by its maker",
};

/** The name of a level, as rules have it, and what it means. */
export function levelInWords(level: Level): string {
  return `${level}: ${LEVEL_WORDS[level]}`;
}

/** The value of a field of a JSON body; undefined for what has none. */
export function fieldOf(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** What the script of a page sends at the end of a ceremony. */
export function ceremonyAnswerOf(json: unknown): CeremonyAnswer {
  const handle = fieldOf(json, "handle");
  return { handle: typeof handle === "string" ? handle : "", answer: fieldOf(json, "answer") };
}
