import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import { generatedCopy, publishedCopy } from "../../src/publishers/directory/published-copy.ts";
import { jwksDocument } from "../../src/wire/issuer-documents/jwks-document.ts";
import { code, onMachines } from "./device-machine.ts";

describe("publish-issuer", () => {
  it("says of a file that it cannot read what mends it, which is not to generate", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      await laptop.served.replace({ ...jwksDocument([]), body: "<html>" }, null);
      await assert.rejects(laptop.publish(), (cause) => {
        assert.ok(cause instanceof Fault && cause.code === "ISSUER_DOCUMENT_INVALID");
        assert.match(cause.hints[0] ?? "", /delete it there/);
        return true;
      });
    }));

  it("takes out a key that somebody put under the id of its own, says so, and signs by none such", () =>
    onMachines(async (laptop, desktop) => {
      await laptop.create();
      await laptop.generate();
      await laptop.publish();
      const { keys } = await laptop.servedJwks();
      const { jwk } = await desktop.signer().createKey("ES256");
      for (const forged of [[{ ...keys[0], ...jwk }], [{ ...keys[0], ...jwk }, keys[0]], [keys[0], { ...keys[0], ...jwk }]]) {
        const there = await laptop.served.read("keys.json");
        await laptop.served.replace(jwksDocument(forged as never), there?.version ?? null);
        laptop.warned.length = 0;
        const { disputed, foreign } = await laptop.publish();
        assert.deepEqual([disputed, foreign], [[keys[0]?.["kid"]], []]);
        assert.equal(laptop.warned.length, 1);
        assert.deepEqual((await laptop.servedJwks()).keys, keys);
      }
      await publishedCopy(laptop.paths, "laptop").overwrite?.(jwksDocument([{ ...keys[0], ...jwk }]));
      await assert.rejects(laptop.token(["ES256"]), { code: "KEY_UNPUBLISHED" });
    }));

  it("refuses to share an issuer unless it is asked to, and then loses nobody's key", () =>
    onMachines(async (laptop, desktop) => {
      for (const machine of [laptop, desktop]) {
        await machine.create();
        await machine.generate();
      }
      await laptop.publish();
      const before = (await laptop.served.read("keys.json"))?.body;
      assert.equal(await code(desktop.publish()), "ISSUER_SHARED");
      assert.equal((await laptop.served.read("keys.json"))?.body, before);
      assert.equal(await code(desktop.token(["ES256"])), "KEY_UNPUBLISHED");
      const { kids, foreign } = await desktop.publish(true);
      assert.equal(kids.length, 2);
      assert.equal(foreign.length, 1);
      assert.equal(await code(laptop.publish()), "ISSUER_SHARED");
      await desktop.token(["ES256"]);
      await laptop.token(["ES256"]);
    }));

  it("stops before the key that is one too many for AWS, which would then take none", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      const key = { kty: "EC", crv: "P-256", x: "AA", y: "AA", use: "sig", alg: "ES256" };
      const others = (count: number) => Array.from({ length: count }, (_, index) => ({ ...key, kid: `other-${index}` }));
      const document = { path: "keys.json", contentType: "application/json", cacheControl: "" };
      const full = JSON.stringify({ keys: others(100) });
      await laptop.served.replace({ ...document, body: full }, null);
      assert.equal(await code(laptop.publish(true)), "LIMIT_REACHED");
      assert.equal((await laptop.served.read("keys.json"))?.body, full);
      const { version = null } = (await laptop.served.read("keys.json")) ?? {};
      await laptop.served.replace({ ...document, body: JSON.stringify({ keys: others(99) }) }, version);
      assert.equal((await laptop.publish(true)).kids.length, 100);
    }));

  it("merges again when someone else publishes in between", () =>
    onMachines(async (laptop, desktop) => {
      for (const machine of [laptop, desktop]) {
        await machine.create();
        await machine.generate();
      }
      const { served } = laptop;
      let raced = false;
      const racing: Publisher = {
        ...served,
        replace: async (document, expected) => {
          if (!raced) {
            raced = true;
            await desktop.publish(true);
          }
          await served.replace(document, expected);
        },
      };
      Object.assign(laptop, { served: racing });
      const { kids, foreign } = await laptop.publish(true);
      assert.ok(raced);
      assert.equal(kids.length, 2);
      assert.equal(foreign.length, 1);
    }));

  it("refuses documents of another issuer, or none, or without a current key", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      assert.equal(await code(laptop.publish()), "ISSUER_ABSENT");
      await laptop.generate();
      assert.equal(await code(laptop.publish(false, "https://id.example.com/other")), "ISSUER_MISMATCH");
      await laptop.publish();
      await laptop.generate({ issuer: "https://id.example.com/other" });
      assert.equal(await code(laptop.publish(false, "https://id.example.com/other")), "ISSUER_MISMATCH");
      await laptop.generate();
      await laptop.signer().destroyKeys();
      await laptop.signer().createKey("ES256");
      assert.equal(await code(laptop.publish()), "KEY_ABSENT");
      // As its hint says. The key that is gone is still published, and is nobody's now.
      await laptop.generate();
      assert.equal(await code(laptop.publish()), "ISSUER_SHARED");
    }));

  it("goes through when it runs several times at once", () =>
    onMachines(async (laptop, desktop) => {
      for (const machine of [laptop, desktop]) {
        await machine.create();
        await machine.generate();
      }
      const both = Array.from({ length: 4 }, () => [laptop.publish(true), desktop.publish(true)]).flat();
      for (const result of await Promise.allSettled(both)) assert.equal(result.status, "fulfilled");
      assert.equal((await laptop.servedJwks()).keys.length, 2);
      await laptop.token(["ES256"]);
      await desktop.token(["ES256"]);
    }));

  it("puts its keys back when another program's write undid them", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      const { served } = laptop;
      let undone = 0;
      const careless: Publisher = {
        ...served,
        replace: async (document, expected) => {
          await served.replace(document, expected);
          if (document.path !== "keys.json" || undone++ > 0) return;
          await served.replace({ ...document, body: '{"keys":[]}' }, (await served.read("keys.json"))?.version ?? null);
        },
      };
      Object.assign(laptop, { served: careless });
      await laptop.publish();
      assert.equal(undone, 2);
      assert.equal((await laptop.servedJwks()).keys.length, 1);
    }));

  it("mends copies of its own that were damaged, and never a published document", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      await laptop.publish();
      const damage = async (publisher: Publisher) => {
        for (const path of ["keys.json", ".well-known/openid-configuration"]) {
          const present = await publisher.read(path);
          await publisher.replace({ path, contentType: "", cacheControl: "", body: "{" }, present?.version ?? null);
        }
      };
      await damage(publishedCopy(laptop.paths, "laptop"));
      assert.equal(await code(laptop.token(["ES256"])), "ISSUER_DOCUMENT_INVALID");
      await laptop.publish();
      await laptop.token(["ES256"]);
      await damage(generatedCopy(laptop.paths, "laptop"));
      assert.equal(await code(laptop.publish()), "ISSUER_DOCUMENT_INVALID");
      await laptop.generate();
      await laptop.publish();
      const copy = publishedCopy(laptop.paths, "laptop");
      const version = (await copy.read("keys.json"))?.version ?? null;
      const body = "x".repeat(1024 * 1024 + 1);
      await copy.replace({ path: "keys.json", contentType: "", cacheControl: "", body }, version);
      assert.equal(await code(laptop.token(["ES256"])), "FILE_UNSAFE");
      await laptop.publish();
      await laptop.token(["ES256"]);
      await damage(laptop.served);
      assert.equal(await code(laptop.publish()), "ISSUER_DOCUMENT_INVALID");
      assert.equal((await laptop.served.read("keys.json"))?.body, "{");
    }));

  it("keeps keys that it does not know as they are", () =>
    onMachines(async (laptop) => {
      await laptop.create();
      await laptop.generate();
      const stranger = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", custom: [1, { a: "b" }] };
      const document = { path: "keys.json", contentType: "application/json", cacheControl: "max-age=300" };
      await laptop.served.replace({ ...document, body: JSON.stringify({ keys: [stranger] }) }, null);
      assert.equal(await code(laptop.publish()), "ISSUER_SHARED");
      await laptop.publish(true);
      assert.deepEqual((await laptop.servedJwks()).keys[0], stranger);
    }));
});
