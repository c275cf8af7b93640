import assert from "node:assert/strict";
import { createPublicKey, type JsonWebKey, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import type { Publisher } from "../../src/core/publisher.ts";
import type { SignerProbe } from "../../src/core/signer.ts";
import type { SignerCandidate } from "../../src/flows/create-device.ts";
import { CLOCK, code, ISSUER, onMachines } from "./device-machine.ts";

describe("from an empty home to a token that verifiers take", () => {
  it("goes by init, generate and publish", () =>
    onMachines(async (laptop) => {
      const device = await laptop.create();
      assert.match(device.subject, /^laptop-[a-z2-7]{10}$/);
      assert.equal(laptop.warned.length, 1);
      assert.equal(await code(laptop.token(["ES256"])), "KEY_UNPUBLISHED");
      await laptop.generate();
      assert.equal(await code(laptop.token(["ES256"])), "KEY_UNPUBLISHED");
      const done = await laptop.publish();
      assert.deepEqual(done.written, ["keys.json", ".well-known/openid-configuration"]);
      assert.deepEqual(done.kids, [device.key.kid]);
      assert.deepEqual((await laptop.publish()).written, []);

      const jwks = createLocalJWKSet((await laptop.servedJwks()) as never);
      const expected = {
        issuer: ISSUER,
        subject: device.subject,
        audience: "everyone",
        currentDate: new Date(CLOCK.now() * 1000),
      };
      await jwtVerify(await laptop.token(["ES256"]), jwks, expected);
    }));

  it("makes an RSA key when an audience first needs one, and publishes it beside the EC key", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      await laptop.publish();
      assert.equal(await code(laptop.token(["RS256"])), "KEY_ABSENT");
      const { created } = await laptop.generate({ add: "RS256" });
      assert.equal(created?.algorithm, "RS256");
      assert.equal((await laptop.generate({ add: "RS256" })).created, null);
      assert.equal(await code(laptop.token(["RS256"])), "KEY_UNPUBLISHED");
      await laptop.publish();
      const { keys } = await laptop.servedJwks();
      assert.deepEqual(
        keys.map(({ alg }) => alg),
        ["ES256", "RS256"],
      );
      for (const algorithm of ["ES256", "RS256"] as const) {
        await jwtVerify(await laptop.token([algorithm]), createLocalJWKSet({ keys } as never), {
          currentDate: new Date(CLOCK.now() * 1000),
          algorithms: [algorithm],
        });
      }
      const discovery = JSON.parse((await laptop.served.read(".well-known/openid-configuration"))?.body ?? "");
      assert.deepEqual(discovery.id_token_signing_alg_values_supported, ["ES256", "RS256"]);
    }));

  it("publishes only the members that Google's uploaded JWKS takes", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate({ add: "RS256" });
      await laptop.publish();
      const allowed = new Set(["kty", "alg", "use", "kid", "n", "e", "x", "y", "crv"]);
      const { keys } = await laptop.servedJwks();
      assert.deepEqual(
        keys.flatMap((key) => Object.keys(key)).filter((member) => !allowed.has(member)),
        [],
      );
    }));
});

describe("create-device", () => {
  it("overwrites nothing, and takes on the key that an interrupted run or a lost config left", () =>
    onMachines(async (laptop) => {
      const first = await laptop.create();
      assert.equal(await code(laptop.create()), "IDENTITY_EXISTS");
      laptop.config.clear();
      const again = await laptop.create();
      assert.equal(again.key.kid, first.key.kid);
      assert.equal(again.subject, first.subject, "clouds trust that subject");
    }));

  it("gives a new key a new subject, also where one of that name was before", () =>
    onMachines(async (laptop) => {
      const first = await laptop.create();
      laptop.config.clear();
      await laptop.signer().destroyKeys();
      const again = await laptop.create();
      assert.notEqual(again.key.kid, first.key.kid);
      assert.notEqual(again.subject, first.subject);
      laptop.config.clear();
      assert.equal((await laptop.create()).subject, again.subject);
    }));

  it("takes hardware before software, and never software in the place of hardware", () =>
    onMachines(async (laptop) => {
      const software = laptop.software();
      const fake = (kind: string, probe: SignerProbe): SignerCandidate => ({ ...software, kind, probe: async () => probe });
      const usable = fake("tpm2", { usable: true, residence: "hardware", summary: "a TPM" });
      const absent = fake("pkcs11", { usable: false, reason: "no token is plugged in", hints: [] });
      await laptop.create({ name: "a" }, [absent, software, usable]);
      assert.equal(laptop.config.get("a")?.["signer"], "tpm2");
      await laptop.create({ name: "b" }, [absent, software]);
      assert.equal(laptop.config.get("b")?.["signer"], "software");
      assert.equal(await code(laptop.create({ name: "c", signer: "pkcs11" }, [absent, software])), "SIGNER_ABSENT");
      assert.equal(await code(laptop.create({ name: "c", signer: "tpm" }, [usable, software])), "KIND_UNKNOWN");
      assert.equal(await code(laptop.create({ name: "c" }, [absent])), "SIGNER_ABSENT");
      assert.deepEqual([...laptop.config.keys()], ["a", "b"]);
    }));
});

describe("generate-issuer", () => {
  it("adds a certificate that the key itself has signed, for each kind of key", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate({ add: "RS256", certificates: "add" });
      await laptop.publish();
      const { keys } = await laptop.servedJwks();
      assert.equal(keys.length, 2);
      for (const { x5c, ...jwk } of keys) {
        const [certificate] = x5c as [string];
        const parsed = new X509Certificate(Buffer.from(certificate, "base64"));
        const publicKey = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
        assert.ok(parsed.publicKey.equals(publicKey));
        assert.ok(parsed.verify(publicKey));
        assert.equal(parsed.subject, `CN=${jwk["kid"]}`);
        assert.equal(parsed.ca, false);
        assert.equal(parsed.validTo, "Dec 31 23:59:59 9999 GMT");
      }
      await laptop.generate({ certificates: "keep" });
      await laptop.publish();
      assert.ok((await laptop.servedJwks()).keys.every((key) => "x5c" in key));
      await laptop.generate();
      await laptop.publish();
      assert.ok((await laptop.servedJwks()).keys.every((key) => !("x5c" in key)));
      await laptop.generate({ certificates: "keep" });
      await laptop.publish();
      assert.ok((await laptop.servedJwks()).keys.every((key) => !("x5c" in key)));
    }));

  it("keeps one key type when asked, and needs a key", () =>
    onMachines(async (laptop) => {
      assert.equal(await code(laptop.generate()), "KEY_ABSENT");
      await laptop.create();
      assert.equal(await code(laptop.generate({ only: "RS256" })), "KEY_ABSENT");
      const { keys } = await laptop.generate({ only: "RS256", add: "RS256" });
      assert.deepEqual(
        keys.map(({ algorithm }) => algorithm),
        ["RS256"],
      );
      assert.equal((await laptop.generate()).keys.length, 2);
    }));

  it("does not write over the keys of others in a folder that is served", () =>
    onMachines(async (laptop, desktop) => {
      for (const machine of [laptop, desktop]) await machine.create();
      await laptop.generate({}, laptop.served);
      const before = await laptop.servedJwks();
      assert.equal(await code(desktop.generate({}, desktop.served)), "ISSUER_SHARED");
      assert.deepEqual(await laptop.servedJwks(), before);
      await laptop.generate({ add: "RS256" }, laptop.served);
      assert.equal((await laptop.servedJwks()).keys.length, 2);
      const { served } = laptop;
      const replace: Publisher["replace"] = async (document, expected) => {
        const present = await served.read("keys.json");
        await served.replace({ ...document, path: "keys.json", body: '{"keys":[{"kty":"EC"}]}' }, present?.version ?? null);
        await served.replace(document, expected);
      };
      const raced = laptop.generate({ only: "ES256" }, { ...served, replace });
      assert.equal(await code(raced), "PUBLISH_CONFLICT");
      assert.deepEqual((await laptop.servedJwks()).keys, [{ kty: "EC" }]);
    }));
});
