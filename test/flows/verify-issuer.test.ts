import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Http, HttpRequest, HttpResponse } from "../../src/core/http.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import type { Signer } from "../../src/core/signer.ts";
import { generateIssuer } from "../../src/flows/generate-issuer.ts";
import { verifyIssuer } from "../../src/flows/verify-issuer.ts";
import { generatedCopy, publishedCopy } from "../../src/publishers/directory/published-copy.ts";
import { softwareSigners } from "../../src/signers/software/signer.ts";
import { jwksMembers } from "../../src/wire/issuer-documents/jwks-document.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";

const ISSUER = "https://id.example.com/laptop";

interface Bench {
  readonly signer: Signer;
  readonly published: Publisher;
  /** What the web server answers, by URL; changed by a test. */
  readonly web: Map<string, HttpResponse>;
  readonly requests: HttpRequest[];
  readonly http: Http;
}

/** A device whose documents somebody has uploaded by hand: this machine does not know of it yet. */
async function uploaded(work: (bench: Bench) => Promise<void>): Promise<void> {
  const stateFolder = await mkdtemp(join(tmpdir(), "verify-issuer-"));
  try {
    const signer = softwareSigners({ store: memoryStore() }).open({ identity: "laptop", options: {} });
    await signer.createKey("ES256");
    const wanted = { identity: "laptop", issuer: ISSUER, certificates: "none" as const };
    const { documents } = await generateIssuer(wanted, {
      signers: [signer],
      folder: generatedCopy({ stateFolder }, "laptop"),
      now: () => 0,
    });
    const web = new Map<string, HttpResponse>();
    for (const { path, body, contentType, cacheControl } of documents) {
      web.set(`${ISSUER}/${path}`, {
        status: 200,
        headers: { "content-type": contentType, "cache-control": cacheControl },
        body,
      });
    }
    const requests: HttpRequest[] = [];
    const http: Http = async (request) => {
      requests.push(request);
      return web.get(request.url) ?? { status: 404, headers: {}, body: "" };
    };
    await work({ signer, published: publishedCopy({ stateFolder }, "laptop"), web, requests, http });
  } finally {
    await rm(stateFolder, { recursive: true, force: true });
  }
}

type Members = Readonly<Record<string, unknown>>;

/** What somebody who can write the documents may make of them. */
const FORGERIES: readonly (readonly [string, (keys: readonly Members[], stranger: Members) => readonly Members[]])[] = [
  ["another key under its id", (keys, stranger) => keys.map((key) => (key["kty"] === "EC" ? { ...key, ...stranger } : key))],
  ["another key before its own under one id", ([first, ...rest], stranger) => [{ ...first, ...stranger }, first ?? {}, ...rest]],
  ["its key twice", ([first, ...rest]) => [first ?? {}, first ?? {}, ...rest]],
  ["a private key", (keys) => keys.map((key) => ({ ...key, d: "AA" }))],
];

describe("verify-issuer", () => {
  it("remembers what somebody uploaded, once a cloud can verify tokens by it", () =>
    uploaded(async (bench) => {
      const verified = await verifyIssuer({ issuer: ISSUER }, bench);
      assert.deepEqual(
        verified.judgements.map(({ verifier, verdict }) => [verifier, verdict.outcome]),
        [
          ["aws", "allowed"],
          ["gcp", "allowed"],
          ["entra", "refused"],
        ],
      );
      assert.deepEqual(verified.advice, []);
      assert.ok(verified.remembered);
      assert.equal((await bench.published.read("keys.json"))?.body, bench.web.get(`${ISSUER}/keys.json`)?.body);
      assert.deepEqual(
        bench.requests.map(({ method, url, deadlineMs, body }) => [method, url, deadlineMs, body]),
        [
          ["GET", `${ISSUER}/.well-known/openid-configuration`, 5000, undefined],
          ["GET", `${ISSUER}/keys.json`, 5000, undefined],
        ],
      );
    }));

  for (const [title, forge] of FORGERIES) {
    it(`refuses ${title}, also where another key of the device is as it was, and remembers nothing`, () =>
      uploaded(async (bench) => {
        await bench.signer.createKey("RS256");
        const keys = (await bench.signer.publicKeys()).map((key) => jwksMembers(key, null));
        const stranger = softwareSigners({ store: memoryStore() }).open({ identity: "stranger", options: {} });
        const { jwk } = await stranger.createKey("ES256");
        const response = bench.web.get(`${ISSUER}/keys.json`) as HttpResponse;
        bench.web.set(`${ISSUER}/keys.json`, { ...response, body: JSON.stringify({ keys: forge(keys, { ...jwk }) }) });
        const { judgements, remembered } = await verifyIssuer({ issuer: ISSUER }, bench);
        assert.deepEqual(
          judgements.map(({ verdict }) => verdict.outcome),
          ["refused", "refused", "refused"],
        );
        assert.ok(!remembered);
        assert.equal(await bench.published.read("keys.json"), null);
      }));
  }

  it("fetches the JWKS from where the document says, and keeps it under its own name", () =>
    uploaded(async (bench) => {
      const discovery = bench.web.get(`${ISSUER}/.well-known/openid-configuration`) as HttpResponse;
      const elsewhere = "https://cdn.example.com/k";
      bench.web.set(elsewhere, bench.web.get(`${ISSUER}/keys.json`) as HttpResponse);
      bench.web.delete(`${ISSUER}/keys.json`);
      const body = discovery.body.replace(`${ISSUER}/keys.json`, elsewhere);
      bench.web.set(`${ISSUER}/.well-known/openid-configuration`, { ...discovery, body });
      assert.ok((await verifyIssuer({ issuer: ISSUER }, bench)).remembered);
      assert.equal((await bench.published.read("keys.json"))?.body, bench.web.get(elsewhere)?.body);
    }));

  it("remembers nothing that no cloud can use, and asks no insecure or strange address", () =>
    uploaded(async (bench) => {
      const discovery = bench.web.get(`${ISSUER}/.well-known/openid-configuration`) as HttpResponse;
      for (const uri of [
        "http://id.example.com/keys.json",
        "file:///etc/passwd",
        "keys.json",
        "",
        "https://ann:pw@id.example.com/k",
      ]) {
        const body = discovery.body.replace(`${ISSUER}/keys.json`, uri);
        bench.web.set(`${ISSUER}/.well-known/openid-configuration`, { ...discovery, body });
        bench.requests.splice(0);
        const { remembered, judgements } = await verifyIssuer({ issuer: ISSUER }, bench);
        assert.equal(remembered, false);
        assert.ok(judgements.every(({ verdict }) => verdict.outcome === "refused"));
        assert.equal(bench.requests.length, 1, uri);
      }
      assert.equal(await bench.published.read("keys.json"), null);
    }));

  it("remembers what verifiers look at, and nothing else that the server adds", () =>
    uploaded(async (bench) => {
      const url = `${ISSUER}/keys.json`;
      const served = bench.web.get(url) as HttpResponse;
      const { keys } = JSON.parse(served.body);
      const added = { d: "private", k: "secret", x5c: ["\ufffd"], alg: { deep: [1] }, "\ufffd": "\ufffd" };
      const body = JSON.stringify({ keys: [...keys, { kty: "oct", kid: "other", ...added }], more: "x".repeat(50_000) });
      bench.web.set(url, { ...served, body });
      assert.ok((await verifyIssuer({ issuer: ISSUER }, bench)).remembered);
      const stored = (await bench.published.read("keys.json"))?.body ?? "";
      assert.deepEqual(JSON.parse(stored), { keys: [...keys, { kty: "oct", kid: "other" }] });
    }));

  it("refuses a JWKS too large to be remembered, and keeps what it has", () =>
    uploaded(async (bench) => {
      await verifyIssuer({ issuer: ISSUER }, bench);
      const url = `${ISSUER}/keys.json`;
      const served = bench.web.get(url) as HttpResponse;
      const { keys } = JSON.parse(served.body);
      const many = JSON.stringify({ keys: [...keys, ...Array.from({ length: 200 }, () => ({ kty: "EC" }))] });
      // As bytes that are no UTF-8 are decoded: each of them becomes three.
      const long = JSON.stringify({ keys: [{ ...keys[0], more: "\ufffd".repeat(34_000) }] });
      for (const body of [many, long]) {
        bench.web.set(url, { ...served, body });
        await assert.rejects(
          verifyIssuer({ issuer: ISSUER }, bench),
          (cause) => cause instanceof Fault && cause.code === "ISSUER_DOCUMENT_INVALID",
        );
      }
      assert.equal((await bench.published.read("keys.json"))?.body, served.body);
    }));

  it("passes on that a server cannot be reached", () =>
    uploaded(async (bench) => {
      const http: Http = async () => {
        throw new Fault("NETWORK_UNREACHABLE", "no such host");
      };
      await assert.rejects(
        verifyIssuer({ issuer: ISSUER }, { ...bench, http }),
        (cause) => cause instanceof Fault && cause.code === "NETWORK_UNREACHABLE",
      );
    }));
});
