import type { X509Certificate } from "node:crypto";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import type { PublicKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";

/** A key of which a request says where it is. */
export interface JudgedKey {
  readonly key: PublicKey;
  /** Where it is, as a sentence about it ends: "a TPM that …". */
  readonly place: string;
  /** What still has to be answered before any of it is proven; null when the request proves it all. */
  readonly challenge: KeyChallenge | null;
}

/** A value that only the hardware of the request can read. */
export interface KeyChallenge {
  /** The document that holds it. */
  make(value: Uint8Array, random: RandomBytes): Promise<string>;
  /** The value that an answer gives. @throws {Fault} `ATTESTATION_REFUSED` */
  read(answer: string): Uint8Array;
}

/** How one kind of hardware proves that it holds a key. */
export interface AttestationKind {
  /** By which its requests are known. */
  readonly requestWord: string;
  /**
   * @param authorities certificates of makers: roots and intermediates. Every one of them is trusted to be what it says.
   * @throws {Fault} `ATTESTATION_REFUSED` with what was already verified.
   */
  judge(request: string, authorities: readonly X509Certificate[], now: EpochSeconds): Promise<JudgedKey>;
}

/** Takes the value of a step that has to hold, null if it does not. @throws {Fault} `ATTESTATION_REFUSED` */
export type Checked = <T>(name: string, value: T | null, why: string, hints?: readonly string[]) => T;

/** Steps of one judgement: the fault names those that held before. */
export function checkedSteps(): Checked {
  const verified: string[] = [];
  return (name, value, why, hints = []) => {
    if (value === null) {
      throw new Fault("ATTESTATION_REFUSED", why, { details: { verified: [...verified], failed: name }, hints });
    }
    verified.push(name);
    return value;
  };
}

/** The parsers were made for what hardware sends; here the sender is somebody else. @param maker what makes no such thing. */
export function readable<T>(read: () => T, maker: string): T {
  try {
    return read();
  } catch (cause) {
    throw new Fault("ATTESTATION_REFUSED", `the request holds something that no ${maker} makes`, { cause });
  }
}
