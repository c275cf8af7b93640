import type { PendingSecret } from "./secret.ts";
import type { SessionDescription } from "./session.ts";
import type { SignatureAlgorithm, SignerDescription } from "./signer.ts";
import type { EpochSeconds } from "./time.ts";

/** The Identity port: answers an {@link AssertionRequest} with proof of who the user is. */

/** What an exchange needs to be told; it makes the request from its profile, an identity answers it. */
export interface AssertionRequest {
  /** The one audience of the assertion. */
  readonly audience: string;
  /** Nobody chose the audience: an identity whose provider decides it may answer with its own. */
  readonly audienceIsDefault?: true;
  readonly form: "jwt" | "saml";
  /** Signature algorithms that the audience verifies, best first. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The one role that the assertion may be redeemed for, where the cloud has that notion. */
  readonly forRole?: string;
  /** Session tags that the issuer vouches for. */
  readonly tags?: SessionTags;
  /** An identifier that survives role chaining and cannot be changed (AWS `SourceIdentity`). */
  readonly sourceIdentity?: string;
  /** Upper bound for the assertion's life, in seconds; never above 300. */
  readonly maxAgeSeconds?: number;
}

/** AWS session tags: keys of at most 128 characters, values of at most 256; transitive ones survive role chaining. */
export interface SessionTags {
  readonly principal: Readonly<Record<string, string>>;
  readonly transitive: readonly string[];
}

/**
 * A JWT or a SAML assertion. It is a bearer secret for as long as it lives, and is never logged. What signs it may still be at work:
 * its `value` rejects then with the signer's fault.
 */
export interface Assertion extends PendingSecret {
  readonly form: AssertionRequest["form"];
  readonly audience: string;
  readonly expiresAt: EpochSeconds;
  /** Whom it speaks of, where the identity was not known to have a subject before; becomes the session's name. */
  readonly subject?: string;
}

/** Who an identity is, for `status`, `setup` and trust policies. */
export interface IdentityDescription {
  readonly kind: string;
  /** The issuer URL, or null while there is none. */
  readonly issuer: string | null;
  /** The subject, or null where only a sign-in tells. */
  readonly subject: string | null;
  /** One line about what proves this identity. */
  readonly summary: string;
  /** What is known of the person's session, where people sign in; null while nobody is. */
  readonly session?: SessionDescription | null;
  /** What holds the key, where this identity has a key of its own. */
  readonly signer?: SignerDescription;
  /** What would prove it is not there now. */
  readonly absent?: true;
}

export interface Identity {
  /** What is known without asking anybody. */
  describe(): Promise<IdentityDescription>;
  /** Begins what any assertion is going to need, where one will be asked for soon. What is not used ends by itself. */
  prepare?(): void;
  /**
   * An assertion for exactly the requested audience, signed by the first requested algorithm that the identity has. Its value may
   * come later, unless a person has to do something for it: a caller with an open connection does not wait for people.
   *
   * @throws {Fault} `ALGORITHM_UNSUPPORTED`; `KEY_UNPUBLISHED`; `PERSON_ABSENT` when a sign-in is needed and nobody is there.
   */
  assert(request: AssertionRequest): Promise<Assertion>;
}
