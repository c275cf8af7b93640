import { Fault } from "../core/fault.ts";
import type { SignatureAlgorithm, Signer, SigningKey } from "../core/signer.ts";

/**
 * The key that tokens are bound to: what is stolen of a session is worth nothing without it. Nobody has to know it beforehand, so it is
 * made at the first sign-in.
 *
 * @throws {Fault} those of the signer; `ALGORITHM_UNSUPPORTED`.
 */
export async function keyAtFirstNeed(signer: Signer, algorithm: SignatureAlgorithm): Promise<SigningKey> {
  const there = await signer.signingKey(algorithm);
  if (there !== null) return there;
  try {
    await signer.createKey(algorithm);
  } catch (cause) {
    // Of several processes that sign in at once, one makes the key.
    if (!(cause instanceof Fault) || cause.code !== "KEY_EXISTS") throw cause;
  }
  const made = await signer.signingKey(algorithm);
  if (made === null) throw new Fault("KEY_ABSENT", "the key that tokens are bound to was not made");
  return made;
}
