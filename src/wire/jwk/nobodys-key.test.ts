import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { it } from "node:test";
import { isNobodysKey, NOBODYS_KEY } from "./nobodys-key.ts";
import { parsePublicJwk } from "./public-jwk.ts";

it("is a point of P-256 that was found by a digest, so that nobody can have chosen its private half", () => {
  const { jwk, kid } = NOBODYS_KEY;
  assert.ok(jwk.kty === "EC");
  assert.equal(jwk.x, createHash("sha256").update("brevet: a key that nobody holds 0").digest("base64url"));
  assert.equal((Buffer.from(jwk.y, "base64url").at(-1) ?? 1) % 2, 0);
  // OpenSSL refuses what is not on the curve.
  assert.equal(createPublicKey({ key: { ...jwk }, format: "jwk" }).asymmetricKeyType, "ec");
  assert.deepEqual(parsePublicJwk({ ...jwk, kid }), jwk);
});

it("is known by its point, and not by its id", () => {
  assert.ok(isNobodysKey({ ...NOBODYS_KEY.jwk, kid: "another" }));
  assert.ok(!isNobodysKey({ ...NOBODYS_KEY.jwk, kid: NOBODYS_KEY.kid, x: "AAAA" }));
});
