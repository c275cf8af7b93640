import { isJsonObject } from "../../core/json-object.ts";
import type { PublicKey } from "../../core/signer.ts";
import { jwkThumbprint } from "./thumbprint.ts";

/**
 * Fills a set of keys that may not be empty and has to let nobody in: a point of P-256 whose private half nobody has or ever had.
 * Its x is the SHA-256 of `brevet: a key that nobody holds 0`, its y the even one: finding the private half would take a discrete
 * logarithm.
 */
const JWK = {
  kty: "EC",
  crv: "P-256",
  x: "bD7RGot8w_Ma5ZliVBXUXCDkn7xnbiBiB84ij3DZZew",
  y: "-SznUmgehhyL7oX2er8nnFcN-lRPxjAUah3sbI4o3OA",
} as const;

export const NOBODYS_KEY: PublicKey = { kid: jwkThumbprint(JWK), algorithm: "ES256", jwk: JWK };

/** Whether it is that key itself: by its point, since a `kid` is anybody's to write. */
export function isNobodysKey(members: unknown): boolean {
  return isJsonObject(members) && members["kty"] === "EC" && members["x"] === JWK.x && members["y"] === JWK.y;
}
