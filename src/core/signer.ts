import type { Place } from "./place.ts";

/**
 * The Signer port: something that holds a private key and signs with it.
 *
 * A kind lives in `src/signers/<kind>/` and exports a {@link SignerKind}. It never falls back to another kind:
 * when its hardware is gone, it raises `SIGNER_ABSENT`.
 */

/** RFC 7518 §3.1 names. AWS takes both, Entra ID takes RS256 only, a Secure Enclave makes ES256 only. */
export type SignatureAlgorithm = "ES256" | "RS256";

/** RFC 7517 public members only; integers are base64url without padding and without superfluous leading zeros in RSA. */
export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: "P-256"; readonly x: string; readonly y: string }
  | { readonly kty: "RSA"; readonly n: string; readonly e: string };

/** The public half of a signing key; `kid` is its RFC 7638 SHA-256 thumbprint, base64url. */
export interface PublicKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  readonly jwk: PublicJwk;
}

/** One private key, ready to sign. */
export interface SigningKey extends PublicKey {
  /**
   * Signs `message` (it is hashed with SHA-256 by the signer) and returns the signature as JWS wants it:
   * `r ‖ s`, 64 bytes, for ES256 (RFC 7518 §3.4); PKCS#1 v1.5 for RS256 (§3.3).
   *
   * @throws {Fault} `SIGNER_ABSENT`, `SIGNER_FAILED`, or a code of the kind's own (a wrong PIN).
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** What a person is told about a signer. */
export interface SignerDescription {
  readonly kind: string;
  /** `hardware`: no program can read the key. `software`: some program can, ours or the one that holds it. */
  readonly residence: "hardware" | "software";
  /** What a signature asks of a person. */
  readonly presence: "none" | "touch" | "pin" | "biometric";
  /** One line, for `init` and `status`. */
  readonly summary: string;
}

/**
 * How a signer proves to somebody else that a key of its is in hardware: a request, and for some kinds a challenge to it and an
 * answer, each a document in the form of the kind. None holds a secret.
 */
export interface SignerAttestation {
  /**
   * The request for the key of an algorithm. What is kept for the challenge replaces what was kept before.
   *
   * @throws {Fault} `KEY_ABSENT`; `ATTESTATION_REFUSED` if this hardware cannot prove it.
   */
  request(algorithm: SignatureAlgorithm): Promise<string>;
  /** The answer to the challenge to the last request; absent where requests are not challenged. @throws {Fault} `ATTESTATION_REFUSED` */
  answer?(challenge: string): Promise<string>;
}

/** The keys of one device identity; at most one current key for each algorithm. */
export interface Signer {
  readonly description: SignerDescription;
  /** Algorithms for which this signer can make a key. */
  readonly algorithms: readonly SignatureAlgorithm[];
  /** The public halves of the keys that exist. */
  publicKeys(): Promise<readonly PublicKey[]>;
  /** The current key for an algorithm, or null when there is none yet. */
  signingKey(algorithm: SignatureAlgorithm): Promise<SigningKey | null>;
  /**
   * Makes the key for an algorithm and keeps it. Called by `init` and by `issuer generate`, never by the credential path.
   *
   * @throws {Fault} `ALGORITHM_UNSUPPORTED` if the signer has no such keys; `KEY_EXISTS` if that key exists: a key is
   * never overwritten.
   */
  createKey(algorithm: SignatureAlgorithm): Promise<PublicKey>;
  /**
   * Begins what the next signature is going to need, such as the process that loads a module, while the caller does other work.
   * What is not used ends by itself.
   */
  prepare?(): void;
  /**
   * Forgets every key of this identity, for good: what was made for it is destroyed.
   *
   * @returns the keys that were there before, which stay with their owner.
   */
  destroyKeys(): Promise<readonly PublicKey[]>;
  /** Absent where the kind has no way to prove where its keys are. */
  readonly attestation?: SignerAttestation;
}

/** Whether a kind of signer can be used on this machine, and how good it is. */
export type SignerProbe =
  | {
      readonly usable: true;
      readonly residence: SignerDescription["residence"];
      readonly summary: string;
      /** What the hardware said about itself. The config records it in place of the options that were probed. */
      readonly settled?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly usable: false;
      readonly reason: string;
      readonly hints: readonly string[];
      /** For a person who asked for this kind by its name; the others need not hear of it. */
      readonly hintsWhenAsked?: readonly string[];
    };

/** What holds a key, as the config has it: a kind of signer, and its options before that kind has checked them. */
export interface SignerChoice {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where keys of an identity are: what holds them, and which of its keys there they are. */
export interface KeyPlace {
  readonly signer: SignerChoice;
  /** From 1. */
  readonly generation: number;
}

/** What every signer of a kind is opened with. */
export interface SignerContext<Options> {
  /** The name of the identity in the config: the handle under which the signer keeps its keys. */
  readonly identity: string;
  /** Which of the identity's keys, from 1, the default: a rotation makes the next ones while these are in use. */
  readonly generation?: number | undefined;
  readonly options: Options;
  /** Where the options come from; default: those of the identity's signer in the config. */
  readonly place?: Place;
}

/** A kind of signer; `Options` is what its part of the config holds once it was checked. */
export interface SignerKind<Options> {
  readonly kind: string;
  /**
   * Costs little and asks nothing of a person: `init` calls it on every kind, and without options it throws nothing.
   *
   * @throws {Fault} for options that the kind does not take.
   */
  probe(options: Options): Promise<SignerProbe>;
  /** Touches nothing: hardware is reached at the first call of a method. */
  open(context: SignerContext<Options>): Signer;
}
