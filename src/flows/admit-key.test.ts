import assert from "node:assert/strict";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { memoryStore } from "../../test/contracts/signer-memory-store.ts";
import { Fault } from "../core/fault.ts";
import type { Store } from "../core/store.ts";
import { encodeAttestation } from "../wire/tpm/attestation.ts";
import { type AdmissionInput, admitKey, challengeKey } from "./admit-key.ts";

const vectors = join(import.meta.dirname, "../../test/vectors/tpm-attestation");
const input: AdmissionInput = {
  request: readFileSync(join(vectors, "request.json"), "utf8"),
  authorities: readFileSync(join(vectors, "authorities.pem"), "utf8")
    .trimEnd()
    .split(/(?<=-----END CERTIFICATE-----)\n+/)
    .map((pem) => new X509Certificate(pem)),
  now: 1_900_000_000,
};

/** What the TPM would answer: the value that is kept for this request. */
async function rightAnswer(store: Store): Promise<string> {
  const kept = await store.load("sessions", `admission.${createHash("sha256").update(input.request).digest("hex")}`);
  return encodeAttestation("answer", { value: new Uint8Array(Buffer.from(kept?.reveal() ?? "", "base64url")) });
}

const refused = (why: RegExp) => (cause: unknown) =>
  cause instanceof Fault && cause.code === "ATTESTATION_REFUSED" && why.test(cause.message);

describe("the answer to a challenge", () => {
  let store: Store;
  beforeEach(() => {
    store = memoryStore();
  });
  const challenge = () => challengeKey(input, { store, random: randomBytes });
  const admit = (answer: string) => admitKey({ ...input, answer }, { store });

  test("admits the key that was challenged, and no second time", async () => {
    const { key } = await challenge();
    const answer = await rightAnswer(store);
    assert.deepEqual(await admit(answer), key);
    await assert.rejects(admit(answer), refused(/answered already/));
  });

  test("is counted when it is wrong, too: nobody may go on guessing", async () => {
    await challenge();
    const answer = await rightAnswer(store);
    const guess = encodeAttestation("answer", { value: new Uint8Array(32) });
    await assert.rejects(admit(guess), refused(/not the value/));
    await assert.rejects(admit(answer), refused(/answered already/));
  });

  test("to an earlier challenge is worth nothing, nor is one that nobody asked for", async () => {
    await assert.rejects(admit(encodeAttestation("answer", { value: new Uint8Array(32) })), refused(/was not challenged here/));
    await challenge();
    const earlier = await rightAnswer(store);
    await challenge();
    await assert.rejects(admit(earlier), refused(/not the value/));
  });
});
