import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { calculateJwkThumbprint, compactVerify, importJWK } from "jose";
import { Fault } from "../../src/core/fault.ts";
import type { PublicKey, SignatureAlgorithm, Signer } from "../../src/core/signer.ts";
import { compactJwt, jwtSigningInput } from "../../src/wire/jwt/encode.ts";

/** What the suite needs of a kind: fresh, empty places to keep keys in. */
export interface SignerBench {
  /** Opens the signer of an identity; called again for the same name, it must find the same keys. */
  open(identity: string, generation?: number): Signer;
  close(): Promise<void>;
}

/** One thing that every signer must do, whatever holds its keys. */
export interface SignerCase {
  readonly title: string;
  work(bench: SignerBench): Promise<void>;
}

const SIGNATURE_BYTES: Readonly<Record<SignatureAlgorithm, number>> = { ES256: 64, RS256: 256 };

/** The cases, for every runtime: `jose` is the second opinion on each key and each signature. */
export function signerCases(): readonly SignerCase[] {
  const cases: SignerCase[] = [];
  const contract = (title: string, work: SignerCase["work"]): void => void cases.push({ title, work });

  contract("has no key until one is made, and making it is the only way", async (bench) => {
    const signer = bench.open("laptop");
    assert.ok(signer.algorithms.length > 0);
    for (const algorithm of signer.algorithms) assert.equal(await signer.signingKey(algorithm), null);
    assert.deepEqual(await signer.publicKeys(), []);
  });

  contract("makes keys whose identifier is their thumbprint and whose public half is all that shows", async (bench) => {
    const signer = bench.open("laptop");
    for (const algorithm of signer.algorithms) {
      const key = await signer.createKey(algorithm);
      assert.equal(key.algorithm, algorithm);
      assert.equal(key.kid, await calculateJwkThumbprint({ ...key.jwk }, "sha256"));
      const members = algorithm === "ES256" ? ["crv", "kty", "x", "y"] : ["e", "kty", "n"];
      assert.deepEqual(Object.keys(key.jwk).sort(), members);
      assert.deepEqual(Object.keys(key).sort(), ["algorithm", "jwk", "kid"]);
    }
    const kids = (await signer.publicKeys()).map(({ kid }) => kid);
    assert.equal(new Set(kids).size, signer.algorithms.length);
  });

  contract("signs JWTs that jose verifies, and nothing else verifies by that signature", async (bench) => {
    const signer = bench.open("laptop");
    for (const algorithm of signer.algorithms) {
      const key = await signer.createKey(algorithm);
      const token = await signToken(signer, algorithm);
      const verified = await compactVerify(token, await importJWK({ ...key.jwk }, algorithm), { algorithms: [algorithm] });
      assert.equal(verified.protectedHeader.kid, key.kid);
      const [header, claims, signature] = token.split(".") as [string, string, string];
      assert.equal(Buffer.from(signature, "base64url").length, SIGNATURE_BYTES[algorithm]);
      const other = `${header}.${Buffer.from(JSON.stringify({ sub: "other" })).toString("base64url")}.${signature}`;
      await assert.rejects(compactVerify(other, await importJWK({ ...key.jwk }, algorithm)));
      assert.notEqual(claims, other.split(".")[1]);
    }
  });

  contract("signs a message of any length", async (bench) => {
    const signer = bench.open("laptop");
    for (const algorithm of signer.algorithms) {
      const { jwk } = await signer.createKey(algorithm);
      const key = await signer.signingKey(algorithm);
      for (const length of [0, 1, 63, 64, 65, 20_000]) {
        const message = Buffer.alloc(length, 7);
        const signature = await key?.sign(message);
        assert.ok(signature);
        const publicKey = createPublicKey({ key: { ...jwk }, format: "jwk" });
        assert.ok(verify("sha256", message, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature), `${length} bytes`);
      }
    }
  });

  contract("keeps its keys between runs", async (bench) => {
    const [algorithm] = algorithmsOf(bench);
    const made = await bench.open("laptop").createKey(algorithm);
    const again = bench.open("laptop");
    assert.deepEqual(await again.publicKeys(), [made]);
    assert.equal((await again.signingKey(algorithm))?.kid, made.kid);
  });

  contract("never overwrites a key, not even when two programs make it at once", async (bench) => {
    const [algorithm] = algorithmsOf(bench);
    const attempts = await Promise.allSettled([1, 2, 3].map(() => bench.open("laptop").createKey(algorithm)));
    const made = attempts.filter((attempt) => attempt.status === "fulfilled");
    assert.equal(made.length, 1);
    for (const attempt of attempts) {
      if (attempt.status === "rejected") assert.equal(codeOf(attempt.reason), "KEY_EXISTS");
    }
    const [key] = made as [PromiseFulfilledResult<PublicKey>];
    assert.equal((await bench.open("laptop").signingKey(algorithm))?.kid, key.value.kid);
  });

  contract("gives each identity keys of its own", async (bench) => {
    const [algorithm] = algorithmsOf(bench);
    const names = ["laptop", "Laptop", "laptop.es256", `l${"-".repeat(62)}p`];
    const kids = [];
    for (const name of names) kids.push((await bench.open(name).createKey(algorithm)).kid);
    assert.equal(new Set(kids).size, names.length);
    assert.deepEqual(await Promise.all(names.map(async (name) => (await bench.open(name).signingKey(algorithm))?.kid)), kids);
  });

  contract("keeps the keys of each generation apart, and forgets one without the other", async (bench) => {
    const [algorithm] = algorithmsOf(bench);
    const first = await bench.open("laptop").createKey(algorithm);
    assert.deepEqual(await bench.open("laptop", 2).publicKeys(), []);
    const second = await bench.open("laptop", 2).createKey(algorithm);
    assert.notEqual(second.kid, first.kid);
    assert.deepEqual(await bench.open("laptop", 1).publicKeys(), [first]);
    await bench.open("laptop").destroyKeys();
    assert.deepEqual(await bench.open("laptop").publicKeys(), []);
    const key = await bench.open("laptop", 2).signingKey(algorithm);
    const signature = await key?.sign(Buffer.from("message"));
    const publicKey = createPublicKey({ key: { ...second.jwk }, format: "jwk" });
    assert.ok(signature && verify("sha256", Buffer.from("message"), { key: publicKey, dsaEncoding: "ieee-p1363" }, signature));
  });

  contract("refuses an algorithm that it does not have", async (bench) => {
    const signer = bench.open("laptop");
    const absent = (["ES256", "RS256", "PS512"] as SignatureAlgorithm[]).filter((one) => !signer.algorithms.includes(one));
    for (const algorithm of absent) {
      assert.equal(await signer.signingKey(algorithm), null);
      await assert.rejects(signer.createKey(algorithm), (cause) => codeOf(cause) === "ALGORITHM_UNSUPPORTED");
    }
  });

  contract("forgets the keys of one identity when it is told to, and only those", async (bench) => {
    const [algorithm] = algorithmsOf(bench);
    const kept = await bench.open("desktop").createKey(algorithm);
    const first = await bench.open("laptop").createKey(algorithm);
    assert.deepEqual(await bench.open("laptop").destroyKeys(), []);
    assert.equal(await bench.open("laptop").signingKey(algorithm), null);
    assert.equal((await bench.open("desktop").signingKey(algorithm))?.kid, kept.kid);
    assert.notEqual((await bench.open("laptop").createKey(algorithm)).kid, first.kid);
    await bench.open("absent").destroyKeys();
  });
  return cases;
}

function algorithmsOf(bench: SignerBench): readonly [SignatureAlgorithm, ...SignatureAlgorithm[]] {
  return bench.open("laptop").algorithms as readonly [SignatureAlgorithm, ...SignatureAlgorithm[]];
}

async function signToken(signer: Signer, algorithm: SignatureAlgorithm): Promise<string> {
  const key = await signer.signingKey(algorithm);
  assert.ok(key);
  const claims = { iss: "https://id.example.com/a", sub: "laptop", aud: "everyone", iat: 1, exp: 2, jti: "j" };
  const input = jwtSigningInput({ alg: algorithm, kid: key.kid, typ: "JWT" }, claims);
  return compactJwt(input, await key.sign(Buffer.from(input)));
}

function codeOf(cause: unknown): string {
  return cause instanceof Fault ? cause.code : String(cause);
}
