import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { makeKeyOnce } from "../../core/make-key-once.ts";
import { placeIn } from "../../core/place.ts";
import { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm, Signer, SignerContext, SignerKind, SigningKey } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import { signerPlace } from "../../wire/brevet-config/signer-choice.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { parseSoftwareOptions } from "./options.ts";
import { createSealedKey, openSealedKey } from "./sealed-key.ts";

/**
 * The software signer: ES256 and RS256 by WebCrypto. A private key is PKCS#8, sealed in the store's area `keys` under
 * `<identity>.<algorithm>`; the program reads it for the moment of a signature, and so could any program that runs as this user.
 * It is the last resort, and says so.
 */

const ALGORITHMS: readonly SignatureAlgorithm[] = ["ES256", "RS256"];

const SUMMARY = "a key in software, sealed on disk; a program that runs as you can use and copy it";

/** The kind `software`, over the store that seals its keys. */
export function softwareSigners(ports: { readonly store: Store }): SignerKind<JsonObject> {
  return {
    kind: "software",
    async probe(options) {
      parseSoftwareOptions(options, placeIn(null, "signer"));
      return { usable: true, residence: "software", summary: SUMMARY };
    },
    open: (context) => openSoftwareSigner(context, ports.store),
  };
}

function openSoftwareSigner(context: SignerContext<JsonObject>, store: Store): Signer {
  const { identity, generation = 1, options } = context;
  parseSoftwareOptions(options, signerPlace(context));
  const handle = keyHandle({ identity, generation });
  const entry = (algorithm: SignatureAlgorithm): string => `${handle}.${algorithm.toLowerCase()}`;

  async function signingKey(algorithm: SignatureAlgorithm): Promise<SigningKey | null> {
    if (!ALGORITHMS.includes(algorithm)) return null;
    const sealed = await store.load("keys", entry(algorithm));
    return sealed === null ? null : openSealedKey(sealed, algorithm, entry(algorithm));
  }

  async function publicKeys(): Promise<readonly PublicKey[]> {
    const keys = await Promise.all(ALGORITHMS.map(signingKey));
    return keys.filter((key) => key !== null).map(({ kid, algorithm, jwk }) => ({ kid, algorithm, jwk }));
  }

  async function createKey(algorithm: SignatureAlgorithm): Promise<PublicKey> {
    if (!ALGORITHMS.includes(algorithm)) {
      throw new Fault("ALGORITHM_UNSUPPORTED", `the software signer has no ${algorithm} keys`);
    }
    const name = entry(algorithm);
    const isThere = async (): Promise<boolean> => (await store.load("keys", name)) !== null;
    return makeKeyOnce({ store, name, identity, algorithm, isThere }, async () => {
      const { pkcs8, key } = await createSealedKey(algorithm);
      await store.save("keys", name, new Secret("private key", pkcs8));
      return key;
    });
  }

  return {
    description: { kind: "software", residence: "software", presence: "none", summary: SUMMARY },
    algorithms: ALGORITHMS,
    publicKeys,
    signingKey,
    createKey,
    destroyKeys: async () => {
      for (const algorithm of ALGORITHMS) await store.remove("keys", entry(algorithm));
      return [];
    },
  };
}
