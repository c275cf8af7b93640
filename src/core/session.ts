import { Fault } from "./fault.ts";
import type { Secret } from "./secret.ts";
import type { EpochSeconds } from "./time.ts";

/**
 * The Session port: what a person's sign-in at a provider left, and how to have it renewed, begun and ended. Identities that
 * people prove get their tokens from one; how a person is signed in is not their business.
 */

/** Tokens as they can be used now. Those of an ID token were verified; an access token is for the provider alone to read. */
export interface SessionTokens {
  readonly issuer: string;
  /** The `sub` of the person. */
  readonly subject: string;
  /** What people know the person by: an e-mail address or a user name, else the subject. */
  readonly person: string;
  /** Null once the ID token of the sign-in has ended, where the provider sends none with a refresh. */
  readonly idToken: IdToken | null;
  readonly accessToken: Secret<string>;
  /** Null where the provider does not say. */
  readonly accessTokenExpiresAt: EpochSeconds | null;
  /** `DPoP`: of use only with proofs by the session's own key (RFC 9449). */
  readonly tokenType: "Bearer" | "DPoP";
}

/** An ID token whose signature, issuer, audience, nonce and times were verified. */
export interface IdToken {
  readonly value: Secret<string>;
  /** The algorithm of its signature: `RS256`. */
  readonly algorithm: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAt: EpochSeconds;
}

/** What is known of a session without asking anybody. */
export interface SessionDescription {
  readonly issuer: string;
  readonly subject: string;
  /** What people know the person by, where the ID token has it: an e-mail address or a user name. */
  readonly label: string | null;
  readonly signedInAt: EpochSeconds;
  /** Until when its ID token serves without the provider. */
  readonly idTokenExpiresAt: EpochSeconds;
  /** Whether it can be renewed without the person. */
  readonly renewable: boolean;
}

/** One line about who is signed in as an identity; of nobody, with what to type. */
export function signedInSummary(identity: string, signedIn: SessionDescription | null): string {
  return signedIn === null
    ? `nobody is signed in: \`brevet login ${identity}\``
    : `signed in as ${signedIn.label ?? signedIn.subject}`;
}

/** What tokens are wanted for. */
export interface TokenWish {
  /** `id`: the ID token has to live that long; `access`: the access token. */
  readonly token: "id" | "access";
  readonly minLifeSeconds: number;
  /** An access token that the provider has just refused: another is wanted, and without one the session has ended. */
  readonly refused?: Secret<string>;
  /** The provider wants a person to sign in once more: what comes of a sign-in up to this second will not do. */
  readonly signedInAfter?: EpochSeconds;
}

/**
 * A sign-in waits for its person. Nobody keeps a lock for as long as people take: who holds one lets go, waits by `ended`, and does
 * from its beginning what needs the session.
 */
export class SignInAwaited extends Fault {
  /** Settles when there is a session. @throws {Fault} what the sign-in raises; `SIGN_IN_UNFINISHED` when it was waited for long enough. */
  readonly ended: () => Promise<void>;

  constructor(message: string, hints: readonly string[], ended: () => Promise<void>) {
    super("SIGN_IN_UNFINISHED", message, { hints });
    this.ended = ended;
  }
}

export interface Session {
  /** @returns null while nobody is signed in. @throws {Fault} `STORE_ENTRY_DAMAGED` */
  describe(): Promise<SessionDescription | null>;
  /**
   * Tokens that live long enough: kept ones, else renewed ones; else a new sign-in is begun or joined, if a person is there.
   *
   * @throws {SignInAwaited} @throws {Fault} `PERSON_ABSENT` with the command to run; what a sign-in raises; a fault of the network.
   */
  tokens(wish: TokenWish): Promise<SessionTokens>;
  /** Signs a person in, whoever is signed in now. @throws {Fault} `PERSON_ABSENT`, `SIGN_IN_CANCELLED`, … */
  signIn(): Promise<SessionTokens>;
  /**
   * Forgets the session here, and has the provider forget it. What the provider cannot be told is said as a warning: nothing
   * stays here because the network is down.
   *
   * @param browser whether the browser's own session at the provider is ended too.
   */
  signOut(browser: "keep" | "end"): Promise<SignedOutSession>;
}

/** What became of a session that was ended. */
export interface SignedOutSession {
  /** Whether there was one. */
  readonly removed: boolean;
  /** Whether the provider has forgotten its tokens; false also where it has no way to. */
  readonly revoked: boolean;
  /** Whether the browser was sent to the provider's page for that. */
  readonly browserOpened: boolean;
  /** Whether a sign-in was given up that waited for its person. */
  readonly gaveUp: boolean;
}

/** Who asks for a sign-in, as shown to the person. */
export interface Asker {
  /** `aws`, `terraform`; null if it is not known. */
  readonly program: string | null;
  /** Of brevet's config. */
  readonly profile: string | null;
}

/** The ways to get a person signed in. `paste` runs where the person types; the others in a process of their own. */
export const SIGN_IN_WAYS = ["browser", "device", "paste"] as const;

/** A word of {@link SIGN_IN_WAYS}. */
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** What a person has to do to go on with a sign-in. */
export type SignInPrompt =
  | {
      readonly way: "browser";
      /** A page of this machine. */
      readonly url: string;
      /** Whether a browser was opened there. */
      readonly opened: boolean;
    }
  | {
      readonly way: "device";
      /** The provider's page, for any device. */
      readonly url: string;
      /** The same with the code in it, where the provider has that. */
      readonly completeUrl: string | null;
      readonly code: string;
    };

/** What the process is asked for that signs a person in. */
export interface SignInRequest {
  readonly way: Exclude<SignInWay, "paste">;
  /** The program to open; null or absent: what the config or the system says. */
  readonly browser?: string | null;
  /** Null for the person who typed `brevet login`. */
  readonly asker: Asker | null;
  /** Whether what the asker is told reaches somebody; where it does not, a browser has to open. */
  readonly hasTerminal: boolean;
}
