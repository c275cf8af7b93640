import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calculateJwkThumbprint, decodeJwt, type JWK } from "jose";
import type { ClientMetadata, Configuration } from "oidc-provider";
import { Fault } from "../../src/core/fault.ts";
import { Secret } from "../../src/core/secret.ts";
import type { ClientAuthentication } from "../../src/sign-in/authenticate-client.ts";
import { provingPossession } from "../../src/sign-in/prove-possession.ts";
import type { Provider } from "../../src/sign-in/provider.ts";
import { softwareSigners } from "../../src/signers/software/signer.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const SECRET = "planted-client-secret-91be";
const ID = { token: "id", minLifeSeconds: 60 } as const;

async function newKey() {
  const signer = softwareSigners({ store: memoryStore() }).open({ identity: "client", options: {} });
  await signer.createKey("ES256");
  return (await signer.signingKey("ES256")) ?? assert.fail("no key");
}

interface Wishes {
  readonly client: Partial<ClientMetadata>;
  readonly configuration?: Configuration;
  readonly provider: Partial<Provider>;
}

async function withProvider(wishes: Wishes, work: (bench: SignInBench, running: TestProvider) => Promise<void>): Promise<void> {
  const running = await startProvider(wishes);
  const bench = openBench({ ...settingsFor(running), ...wishes.provider });
  try {
    await work(bench, running);
  } finally {
    await bench.close();
    await running.close();
  }
}

/** A client that is registered with a key, and its way to prove itself. */
async function keyedClient() {
  const key = await newKey();
  const jwks = { keys: [{ ...key.jwk, kid: key.kid, alg: "ES256", use: "sig" }] };
  const client = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256", jwks } as const;
  const authentication: ClientAuthentication = { method: "private_key_jwt", key: async () => key };
  return { client, authentication };
}

describe("a confidential client", () => {
  for (const method of ["client_secret_basic", "client_secret_post"] as const) {
    const authentication: ClientAuthentication = { method, secret: async () => new Secret("client secret", SECRET) };
    it(`proves itself by ${method}, and is refused by another secret`, async () => {
      const client = { token_endpoint_auth_method: method, client_secret: SECRET };
      await withProvider({ client, provider: { authentication } }, async ({ session, clock }) => {
        assert.equal((await session.signIn()).subject, "alice");
        clock.ahead = 3560;
        assert.equal((await session.tokens(ID)).subject, "alice");
      });
      const wrong: ClientAuthentication = { method, secret: async () => new Secret("client secret", "wrong") };
      await withProvider({ client, provider: { authentication: wrong } }, async ({ session }) => {
        await assert.rejects(session.signIn(), (cause) => cause instanceof Fault && cause.code === "CLIENT_REFUSED");
      });
    });
  }

  it("proves itself by a key that never leaves its signer, and by no other", async () => {
    const { client, authentication } = await keyedClient();
    await withProvider({ client, provider: { authentication } }, async ({ session }) => {
      assert.equal((await session.signIn()).subject, "alice");
      assert.deepEqual(await session.signOut("keep"), { removed: true, revoked: true, browserOpened: false, gaveUp: false });
    });
    const other: ClientAuthentication = { method: "private_key_jwt", key: newKey };
    await withProvider({ client, provider: { authentication: other } }, async ({ session }) => {
      await assert.rejects(session.signIn(), (cause) => cause instanceof Fault && cause.code === "CLIENT_REFUSED");
    });
  });
});

describe("tokens that are bound to a key", () => {
  const configuration: Configuration = {
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      deviceFlow: { enabled: true },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
    },
  };

  it("are given to a client that proves itself by a key, whose assertion serves once", async () => {
    const { client, authentication } = await keyedClient();
    const key = await newKey();
    const provider = { authentication, proofKey: async () => key };
    await withProvider({ client, configuration, provider }, async ({ session, clock }) => {
      assert.equal((await session.signIn()).tokenType, "DPoP");
      clock.ahead = 3560;
      assert.equal((await session.tokens(ID)).tokenType, "DPoP");
    });
  });

  it("are asked for with proofs, also with the nonce that the provider wants, and are renewed", async () => {
    const key = await newKey();
    await withProvider({ client: {}, configuration, provider: { proofKey: async () => key } }, async (bench, running) => {
      const tokens = await bench.session.signIn();
      assert.equal(tokens.tokenType, "DPoP");
      const kept = await running.provider.AccessToken.find(tokens.accessToken.reveal());
      assert.equal((kept as { readonly jkt?: string } | undefined)?.jkt, await calculateJwkThumbprint(key.jwk as JWK));
      // The first proof has no nonce, and is sent again with the one that was asked for.
      assert.deepEqual(
        running.requests.filter((each) => each === "POST /token"),
        ["POST /token", "POST /token"],
      );
      bench.clock.ahead = 3560;
      assert.equal((await bench.session.tokens(ID)).tokenType, "DPoP");
    });
  });

  it("are of no use with another key", async () => {
    const keys = [await newKey(), await newKey()];
    let used = keys[0] ?? assert.fail();
    await withProvider(
      { client: {}, configuration, provider: { proofKey: async () => used } },
      async ({ session, clock, again }) => {
        await session.signIn();
        used = keys[1] ?? assert.fail();
        clock.ahead = 3560;
        const refused = again({ person: "nobody" }).tokens(ID);
        await assert.rejects(refused, (cause) => cause instanceof Fault && cause.code === "SESSION_ENDED");
      },
    );
  });

  it("are not had from a provider that does not know of it, and the person is told", async () => {
    const key = await newKey();
    const without: Configuration = { features: { ...configuration.features, dPoP: { enabled: false } } };
    await withProvider(
      { client: {}, configuration: without, provider: { proofKey: async () => key } },
      async ({ session, clock, warned }) => {
        assert.equal((await session.signIn()).tokenType, "Bearer");
        assert.match(warned.join(), /does not bind tokens to a key/);
        assert.equal(warned.length, 1);
        clock.ahead = 3560;
        await session.tokens(ID);
        assert.equal(warned.length, 1, "once for each sign-in");
      },
    );
  });

  it("are presented with a proof that names them", async () => {
    const proofs: string[] = [];
    const key = await newKey();
    const http = provingPossession(
      async ({ headers = {} }) => {
        proofs.push(headers["dpop"] ?? "none");
        return proofs.length === 1
          ? { status: 401, headers: { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": "n-1" }, body: "" }
          : { status: 200, headers: {}, body: "" };
      },
      { key: async () => key, now: () => 1_800_000_000, random: (count) => new Uint8Array(count) },
    );
    // RFC 9449 §7.1 has this token and this `ath`.
    const headers = { Authorization: "DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU" };
    const { status } = await http({ method: "GET", url: "https://resource.example.org/protectedresource?x=1", headers });
    assert.equal(status, 200);
    const [first, second] = proofs.map((proof) => decodeJwt(proof));
    assert.equal(first?.["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
    assert.equal(first?.["htu"], "https://resource.example.org/protectedresource");
    assert.equal(first?.["nonce"], undefined);
    assert.equal(second?.["nonce"], "n-1");
  });
});
