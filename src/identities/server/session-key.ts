import { Fault } from "../../core/fault.ts";
import type { Signer, SigningKey } from "../../core/signer.ts";

/**
 * The key that a session is bound to: what is stolen of the session is worth nothing without it. It is made at the first sign-in.
 *
 * @throws {Fault} those of the signer; `ALGORITHM_UNSUPPORTED`.
 */
export async function sessionKey(signer: Signer, identity: string): Promise<SigningKey> {
  const there = await signer.signingKey("ES256");
  if (there !== null) return there;
  try {
    await signer.createKey("ES256");
  } catch (cause) {
    // Of several processes that sign in at once, one makes the key.
    if (!(cause instanceof Fault) || cause.code !== "IDENTITY_EXISTS") throw cause;
  }
  const made = await signer.signingKey("ES256");
  if (made === null) throw new Fault("KEY_ABSENT", `the key that the session of ${identity} is bound to is not there`);
  return made;
}
