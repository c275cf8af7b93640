import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { makeKeyOnce } from "../../core/make-key-once.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import { algorithmOf, parsePublicJwk } from "../jwk/public-jwk.ts";
import { jwkThumbprint } from "../jwk/thumbprint.ts";

/**
 * The public keys that external signers answered with when they made them. They are no secret: they are sealed in the store so
 * that nobody without its key can replace them.
 */
export interface EnrolledKeys {
  load(algorithm: SignatureAlgorithm): Promise<PublicKey | null>;
  /** Makes a key while no other process makes it. @throws {Fault} `KEY_EXISTS` if there is one. */
  enrol(algorithm: SignatureAlgorithm, make: () => Promise<PublicKey>): Promise<PublicKey>;
  forget(algorithm: SignatureAlgorithm): Promise<void>;
}

/** Whose keys these are. */
export interface EnrolledBy {
  readonly identity: string;
  /** Of the identity and the generation: what its entries in the area `keys` begin with. */
  readonly handle: string;
  /** The kind of signer: what they end with. */
  readonly kind: string;
}

export function enrolledKeys(store: Store, { identity, handle, kind }: EnrolledBy): EnrolledKeys {
  const entry = (algorithm: SignatureAlgorithm): string => `${handle}.${algorithm.toLowerCase()}.${kind}`;

  async function load(algorithm: SignatureAlgorithm): Promise<PublicKey | null> {
    const sealed = await store.load("keys", entry(algorithm));
    return sealed === null ? null : readKey(sealed.reveal(), algorithm, entry(algorithm));
  }

  return {
    load,
    async enrol(algorithm, make) {
      const name = entry(algorithm);
      const isThere = async (): Promise<boolean> => (await load(algorithm)) !== null;
      return makeKeyOnce({ store, name, identity, algorithm, isThere }, async () => {
        const key = await make();
        await store.save("keys", name, new Secret("enrolled public key", JSON.stringify(key.jwk)));
        return key;
      });
    },
    async forget(algorithm) {
      await store.remove("keys", entry(algorithm));
    },
  };
}

function readKey(text: string, algorithm: SignatureAlgorithm, name: string): PublicKey {
  const jwk = parsePublicJwk(parseJsonObject(text));
  if (jwk === null || algorithmOf(jwk) !== algorithm) {
    throw new Fault("STORE_ENTRY_DAMAGED", `the entry ${name} does not hold an ${algorithm} public key`);
  }
  return { kid: jwkThumbprint(jwk), algorithm, jwk };
}
