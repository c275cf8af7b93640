import { Fault } from "../../core/fault.ts";
import type { RandomBytes } from "../../core/random.ts";
import type { PublicKey, SignatureAlgorithm, Signer, SignerDescription, SigningKey } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import { checkSignature } from "../jwt/verify.ts";
import { enrolledKeys } from "./enrolled-keys.ts";
import type { ExternalSigner } from "./external-signer.ts";

/** A signer that is something else, and what it is trusted with: nothing. */
export interface EnrolledSignerParts {
  readonly store: Store;
  readonly external: Omit<ExternalSigner, "describe">;
  readonly identity: string;
  /** The name of the key that it is asked for, made of the identity and the generation. */
  readonly handle: string;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly description: SignerDescription;
  /** Its name in messages. */
  readonly program: string;
  readonly random: RandomBytes;
}

/**
 * The Signer port over what makes keys and signs elsewhere, such as a program of the external-signer protocol. It is not believed: what
 * it signed is verified against the public key that was recorded when the key was made, so that a program that was replaced signs
 * nothing for this device.
 */
export function enrolledSigner(parts: EnrolledSignerParts): Signer {
  const { store, external, identity, handle, algorithms, description, program, random } = parts;
  const enrolled = enrolledKeys(store, { identity, handle, kind: description.kind });

  const sign = async (key: PublicKey, message: Uint8Array): Promise<Uint8Array> => {
    const signature = await external.sign(handle, key.algorithm, message);
    if ((await checkSignature(key.jwk, message, signature)) !== "matches") {
      throw new Fault("SIGNER_FAILED", `the signer ${program} answered a signature that is not by the key of ${identity}`, {
        hints: ["is it the program and the device that the key was made with? `brevet status` names the key"],
        details: { kid: key.kid },
      });
    }
    return signature;
  };

  async function signingKey(algorithm: SignatureAlgorithm): Promise<SigningKey | null> {
    const key = algorithms.includes(algorithm) ? await enrolled.load(algorithm) : null;
    return key === null ? null : { ...key, sign: (message) => sign(key, message) };
  }

  async function publicKeys(): Promise<readonly PublicKey[]> {
    const keys = await Promise.all(algorithms.map(enrolled.load));
    return keys.filter((key) => key !== null);
  }

  async function createKey(algorithm: SignatureAlgorithm): Promise<PublicKey> {
    if (!algorithms.includes(algorithm)) {
      throw new Fault("ALGORITHM_UNSUPPORTED", `the signer ${program} has no ${algorithm} keys`);
    }
    return enrolled.enrol(algorithm, async () => {
      const key = await external.create(handle, algorithm);
      // A public key without its private half would be published, and refused only at the first token.
      await sign(key, random(32));
      return key;
    });
  }

  return {
    description,
    algorithms,
    publicKeys,
    signingKey,
    createKey,
    async destroyKeys() {
      for (const algorithm of algorithms) {
        if ((await enrolled.load(algorithm)) === null) continue;
        // First the key, then what is known of it: after a fault this can be tried again.
        await external.destroy(handle, algorithm);
        await enrolled.forget(algorithm);
      }
      return [];
    },
  };
}
