import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type ListenerAnswer, listen } from "../listen.ts";
import { openAuthority } from "../tls/certificates.ts";
import { documentFetcher } from "./fetch-document.ts";
import { parseIssuerMapping } from "./mapping.ts";

const ISSUER = "https://issuer.example/laptop";
const folder = mkdtempSync(join(tmpdir(), "brevet-fetch-"));
after(() => rmSync(folder, { recursive: true }));

async function fetched(answer: Partial<ListenerAnswer>) {
  const now = (): number => Math.floor(Date.now() / 1000);
  const authority = await openAuthority(folder, now);
  const whole = { status: 200, headers: { "content-type": "application/json" }, body: '{"issuer":"somebody"}', ...answer };
  const host = await listen({ authority, names: ["issuer.example"], port: 0, answer: async () => whole, now });
  try {
    const issuers = [parseIssuerMapping(`https://issuer.example=127.0.0.1:${host.port}`, folder)];
    const ownAddress = () => ({ host: "127.0.0.1", port: host.port });
    return await documentFetcher({ issuers, caCertificate: authority.caCertificate, ownAddress, isOwnHost: () => false })(ISSUER);
  } finally {
    await host.close();
  }
}

test("a document is fetched whole", async () => {
  const answer = await fetched({});
  assert.deepEqual(answer.ok && answer.body, { issuer: "somebody" });
});

test("what is no whole JSON document of the issuer is told, and nobody waits for it", async () => {
  for (const answer of [
    { truncated: true },
    { hangUp: true },
    { status: 302 },
    { body: "<html>" },
    { body: "x".repeat(200_000) },
  ]) {
    assert.equal((await fetched(answer)).ok, false, JSON.stringify(answer).slice(0, 60));
  }
});
