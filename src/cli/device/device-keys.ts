import type { PublicKey, Signer } from "../../core/signer.ts";
import type { Composition } from "../composition.ts";
import type { OpenDevice } from "../identity-kinds.ts";

/** The signers of a device: those of the keys in use first, then of the next keys and of the replaced ones, where a rotation has any. */
export async function everySigner(
  { name, options }: Pick<OpenDevice, "name" | "options">,
  compose: Pick<Composition, "keys">,
): Promise<readonly [Signer, ...Signer[]]> {
  const { generation, next, previous } = options.keys;
  const others: Signer[] = [];
  for (const place of [next, previous]) if (place !== null) others.push(await compose.keys(name, place));
  return [await compose.keys(name, { signer: options.signer, generation }), ...others];
}

/** What holds every key of a device, for those who ask whose a published key is. */
export function keysOfAll(signers: readonly Signer[]): Pick<Signer, "publicKeys"> {
  return {
    publicKeys: async (): Promise<readonly PublicKey[]> =>
      (await Promise.all(signers.map((signer) => signer.publicKeys()))).flat(),
  };
}
