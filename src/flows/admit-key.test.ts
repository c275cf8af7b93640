import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import { encodeAttestation } from "../wire/tpm/attestation.ts";
import { type AdmissionInput, admitKey, type OpenChallenges } from "./admit-key.ts";

const vectors = join(import.meta.dirname, "../../test/vectors/tpm-attestation");
const input: AdmissionInput = {
  request: readFileSync(join(vectors, "request.json"), "utf8"),
  authorities: readFileSync(join(vectors, "authorities.pem"), "utf8")
    .trimEnd()
    .split(/(?<=-----END CERTIFICATE-----)\n+/)
    .map((pem) => new X509Certificate(pem)),
  now: 1_900_000_000,
  answer: null,
};

const refused = (why: RegExp) => (cause: unknown) =>
  cause instanceof Fault && cause.code === "ATTESTATION_REFUSED" && why.test(cause.message);

describe("the answer to a challenge", () => {
  let challenges: OpenChallenges;
  beforeEach(() => {
    const values = new Map<string, string>();
    challenges = {
      keep: (request, digest) => void values.set(request, digest),
      take(request) {
        const digest = values.get(request) ?? null;
        values.delete(request);
        return digest;
      },
    };
  });

  /** Challenges the device. @returns what its TPM would answer: the first of the random values. */
  async function challenge(): Promise<string> {
    const drawn: Uint8Array[] = [];
    const random: RandomBytes = (length) => {
      const bytes = new Uint8Array(randomBytes(length));
      drawn.push(bytes);
      return bytes;
    };
    await admitKey(input, { challenges, random });
    return encodeAttestation("answer", { value: drawn[0] ?? new Uint8Array() });
  }
  const admit = (answer: string) => admitKey({ ...input, answer }, { challenges, random: randomBytes });

  test("admits the key that was challenged, and no second time", async () => {
    const answer = await challenge();
    const { key, challenge: none } = await admit(answer);
    assert.deepEqual([key.algorithm, none], ["ES256", null]);
    await assert.rejects(admit(answer), refused(/answered already/));
  });

  test("is counted when it is wrong, too: nobody may go on guessing", async () => {
    const answer = await challenge();
    const guess = encodeAttestation("answer", { value: new Uint8Array(32) });
    await assert.rejects(admit(guess), refused(/not the value/));
    await assert.rejects(admit(answer), refused(/answered already/));
  });

  test("to an earlier challenge is worth nothing, nor is one that nobody asked for", async () => {
    const nobodys = encodeAttestation("answer", { value: new Uint8Array(32) });
    await assert.rejects(admit(nobodys), refused(/was not challenged here/));
    const earlier = await challenge();
    await challenge();
    await assert.rejects(admit(earlier), refused(/not the value/));
  });
});
