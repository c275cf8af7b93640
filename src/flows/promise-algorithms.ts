import type { PublicDocument, PublishedDocument, Publisher } from "../core/publisher.ts";
import { DISCOVERY_PATH, discoveryDocument, JWKS_PATH } from "../wire/issuer-documents/discovery.ts";
import { algorithmsIn, keysOf } from "../wire/issuer-documents/jwks-document.ts";
import { replaceUntilWritten } from "./replace-document.ts";

/**
 * Makes the discovery document at a place promise the algorithms of the keys that are published there. The keys are read again at
 * each attempt: another publisher may have added one of another algorithm.
 *
 * @param check is told what is there before it is replaced, and raises what speaks against it.
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID`; `PUBLISH_CONFLICT`; what `check` and the publisher raise.
 */
export async function promiseAlgorithms(
  place: Publisher,
  issuer: string,
  check: (present: PublishedDocument | null) => void = () => {},
): Promise<{ readonly document: PublicDocument; readonly changed: boolean }> {
  return replaceUntilWritten(place, DISCOVERY_PATH, {
    make: async (present) => {
      check(present);
      const keys = keysOf(await place.read(JWKS_PATH), place.placeOf(JWKS_PATH));
      return discoveryDocument(issuer, algorithmsIn(keys));
    },
    holds: (present) => present !== null,
  });
}
