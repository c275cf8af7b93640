import assert from "node:assert/strict";
import { createPublicKey, type JsonWebKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { Fault } from "../../src/core/fault.ts";
import { placeIn } from "../../src/core/place.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import type { SignatureAlgorithm, Signer, SignerProbe } from "../../src/core/signer.ts";
import { type CreateDeviceInput, createDevice, type SignerCandidate } from "../../src/flows/create-device.ts";
import { type GenerateIssuerInput, generateIssuer } from "../../src/flows/generate-issuer.ts";
import type { KeptPlaces } from "../../src/flows/kept-places.ts";
import { publishIssuer } from "../../src/flows/publish-issuer.ts";
import { deviceIdentity } from "../../src/identities/device/identity.ts";
import { parseDeviceOptions } from "../../src/identities/device/options.ts";
import { generatedCopy, publishedCopy } from "../../src/publishers/directory/published-copy.ts";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";
import { softwareSigners } from "../../src/signers/software/signer.ts";
import { jwksDocument } from "../../src/wire/issuer-documents/jwks-document.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";

const ISSUER = "https://id.example.com/laptop";
const CLOCK = { now: () => 1_800_000_000, offsetSeconds: 0, learn: () => undefined };

/** One machine with an empty home, and a folder that the web serves. */
class Machine {
  readonly store = memoryStore();
  readonly config = new Map<string, Readonly<Record<string, string>>>();
  readonly said: string[] = [];
  readonly warned: string[] = [];
  readonly paths: { readonly stateFolder: string };
  readonly served: Publisher;

  constructor(top: string, name: string, servedFolder = "served") {
    this.paths = { stateFolder: join(top, name) };
    this.served = directoryPublisher({ folder: join(top, servedFolder), lockFolder: join(top, name, "locks") });
  }

  software(): SignerCandidate {
    const kind = softwareSigners({ store: this.store });
    return { kind: "software", probe: () => kind.probe({}), open: (identity) => kind.open({ identity, options: {} }) };
  }

  create(input: Partial<CreateDeviceInput> = {}, signers: readonly SignerCandidate[] = [this.software()]) {
    const identities = {
      has: async (name: string) => this.config.has(name),
      add: async (name: string, identity: Readonly<Record<string, string>>) => void this.config.set(name, identity),
    };
    const notices = { say: (line: string) => this.said.push(line), warn: (line: string) => this.warned.push(line) };
    const keptSigners = async ({ signer }: KeptPlaces) => {
      const candidate = signers.find(({ kind }) => kind === signer) ?? this.software();
      return [candidate.open("laptop")] as const;
    };
    const ports = {
      signers: async () => signers,
      identities,
      store: async () => this.store,
      keptSigners,
      random: randomBytes,
      notices,
    };
    return createDevice({ name: "laptop", signer: null, issuer: ISSUER, ...input }, ports);
  }

  signer(name = "laptop"): Signer {
    return this.software().open(name);
  }

  generate(input: Partial<GenerateIssuerInput> = {}, folder = generatedCopy(this.paths, "laptop")) {
    const wanted = {
      identity: "laptop",
      issuer: ISSUER,
      certificates: "none" as const,
      ...input,
    };
    return generateIssuer(wanted, { signers: [this.signer()], folder, now: CLOCK.now });
  }

  publish(shared = false, issuer = ISSUER) {
    const copies = { generated: generatedCopy(this.paths, "laptop"), published: publishedCopy(this.paths, "laptop") };
    return publishIssuer(
      { identity: "laptop", issuer, shared },
      {
        signer: this.signer(),
        destination: this.served,
        notices: { warn: (line: string) => void this.warned.push(line) },
        ...copies,
      },
    );
  }

  async token(algorithms: readonly SignatureAlgorithm[]): Promise<string> {
    const { kind: _, ...raw } = this.config.get("laptop") ?? {};
    const identity = deviceIdentity({
      name: "laptop",
      options: parseDeviceOptions(raw, placeIn(null, "identities.laptop")),
      signer: this.signer(),
      published: publishedCopy(this.paths, "laptop"),
      clock: CLOCK,
      random: randomBytes,
    });
    return (await (await identity.assert({ audience: "everyone", form: "jwt", algorithms })).value).reveal();
  }

  async servedJwks(): Promise<{ keys: Record<string, unknown>[] }> {
    return JSON.parse((await this.served.read("keys.json"))?.body ?? '{"keys":[]}');
  }
}

async function onMachines(work: (laptop: Machine, desktop: Machine) => Promise<void>): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), "device-issuer-"));
  try {
    await work(new Machine(top, "laptop-home"), new Machine(top, "desktop-home"));
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

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
