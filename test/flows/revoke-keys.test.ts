import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import type { PublicKey, SignatureAlgorithm } from "../../src/core/signer.ts";
import { keyMeant, revokeKeysAt } from "../../src/flows/revoke-keys.ts";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";
import { DISCOVERY_PATH, discoveryDocument, JWKS_PATH, parseDiscovery } from "../../src/wire/issuer-documents/discovery.ts";
import { jwksDocument, jwksMembers } from "../../src/wire/issuer-documents/jwks-document.ts";
import { parsePublicJwk } from "../../src/wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../src/wire/jwk/thumbprint.ts";

const ISSUER = "https://id.example.com/fleet";

function newKey(algorithm: SignatureAlgorithm): PublicKey {
  const { publicKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = parsePublicJwk(publicKey.export({ format: "jwk" }));
  assert.ok(jwk !== null);
  return { kid: jwkThumbprint(jwk), algorithm, jwk };
}

/** Writes both documents for these keys, over whatever is there. */
async function publish(place: Publisher, ...keys: readonly PublicKey[]): Promise<void> {
  for (const document of [
    jwksDocument(keys.map((key) => jwksMembers(key, null))),
    discoveryDocument(ISSUER, [...new Set(keys.map(({ algorithm }) => algorithm))]),
  ]) {
    await place.replace(document, (await place.read(document.path))?.version ?? null);
  }
}

async function promised(place: Publisher): Promise<readonly string[]> {
  return parseDiscovery((await place.read(DISCOVERY_PATH))?.body ?? "", "the test").algorithms;
}

function folder(context: TestContext): Publisher {
  const home = mkdtempSync(join(tmpdir(), "revoke-keys-"));
  context.after(() => rmSync(home, { recursive: true }));
  return directoryPublisher({ folder: join(home, "served"), lockFolder: join(home, "locks") });
}

test("a key that goes takes the promise of its algorithm with it", async (context) => {
  const place = folder(context);
  const [lost, other] = [newKey("RS256"), newKey("ES256")];
  await publish(place, lost, other);
  const { removed, left, issuer } = await revokeKeysAt(place, new Set([lost.kid]));
  assert.deepEqual([removed, left, issuer], [[lost.kid], 1, ISSUER]);
  assert.deepEqual(await promised(place), ["ES256"]);
});

test("the promise of a key that somebody publishes meanwhile stays", async (context) => {
  const place = folder(context);
  const [lost, other, later] = [newKey("ES256"), newKey("ES256"), newKey("RS256")];
  await publish(place, lost, other);
  let reads = 0;
  const shared: Publisher = {
    ...place,
    async read(path) {
      // The third look at the keys is the one that finds them written.
      if (path === JWKS_PATH && ++reads === 3) {
        const written = await place.read(path);
        await publish(place, other, later);
        return written;
      }
      return place.read(path);
    },
  };
  await revokeKeysAt(shared, new Set([lost.kid]));
  assert.deepEqual(await promised(place), ["ES256", "RS256"]);
});

test("a published key is meant by the beginning of its id, with or without the dashes in front", () => {
  const [dashed, other, twin] = ["-RWB43oHl1qiCA0U", "RWB43xJl1qiCA0UU", "--Nk2xv7abcdefgh"];
  const meant = (text: string): string => {
    try {
      return keyMeant(text, [dashed, other, twin], ["fleet"]);
    } catch (cause) {
      return cause instanceof Fault ? cause.code : String(cause);
    }
  };
  const seen = [dashed, "-RWB43o", "RWB43o", "RWB43x", "Nk2xv7", "RWB43", "-RWB4", "elsewhere"].map(meant);
  assert.deepEqual(seen, [dashed, dashed, dashed, other, twin, "KEY_ABSENT", "KEY_ABSENT", "KEY_ABSENT"]);
  assert.equal(keyMeant("RWB43xJ", ["RWB43xJ", "RWB43xJ2"], ["fleet"]), "RWB43xJ");
});
