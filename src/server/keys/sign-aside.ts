import { type KeyObject, sign } from "node:crypto";
import { Worker } from "node:worker_threads";
import { turns } from "../turns.ts";
import type { ServerKey } from "./signing-key.ts";

/** Signs on another thread: a signature takes as long as much else that is done for a token, and this thread serves everybody. */
export type SignAside = (key: Pick<ServerKey, "algorithm" | "privateKey">, input: string) => Promise<Uint8Array>;

/** Something that signs until it is closed. */
export interface SignerAside {
  readonly sign: SignAside;
  close(): Promise<void>;
}

/** RFC 7518 §3.4: `r ‖ s` over P-256. */
const ES256_BYTES = 64;

/**
 * With larger batches this thread would wait for the last signature; so the first ones are made while it reads the next requests.
 */
const LARGEST_BATCH = 8;

/** How long a smaller one waits for more. */
const GATHERED_TURNS = 4;

/**
 * What the thread does, as text: a file would have to be found from the source, from the npm bundle and in the executable. It
 * keeps no key: each message brings its own, whose bytes stay where they are, because threads share them.
 */
const THREAD = `
const { sign } = require("node:crypto");
const { parentPort } = require("node:worker_threads");
parentPort.on("message", ({ key, inputs }) => {
  const how = { key, dsaEncoding: "ieee-p1363" };
  parentPort.postMessage(Buffer.concat(inputs.map((input) => sign("sha256", Buffer.from(input), how))));
});
`;

interface Wanted {
  readonly input: string;
  readonly done: (signature: Uint8Array) => void;
  readonly failed: (cause: unknown) => void;
}

interface Batch {
  readonly key: KeyObject;
  readonly wanted: Wanted[];
}

/**
 * A signer with a thread of its own, which starts with the first signature. What is to be signed at about the same time goes to it as one
 * message: to wake a thread and to be woken by it costs more than the message holds, and Node's own pool is woken for each signature.
 *
 * RS256 stays with the pool, which has several threads: there the signature is what takes long.
 */
export function openSignerAside(): SignerAside {
  const thread = canHaveThread() ? signingThread() : null;
  return {
    sign: (key, input) =>
      thread !== null && key.algorithm === "ES256" ? thread.sign(key.privateKey, input) : signByPool(key, input),
    close: async () => thread?.close(),
  };
}

/** Bun's own pool costs no more than a thread of ours would, so none is started there. */
function canHaveThread(): boolean {
  return !("bun" in process.versions);
}

function signByPool({ privateKey }: Pick<ServerKey, "privateKey">, input: string): Promise<Uint8Array> {
  return new Promise((done, failed) => {
    // RSA ignores the encoding.
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
    sign("sha256", Buffer.from(input), key, (cause, signature) => (cause === null ? done(signature) : failed(cause)));
  });
}

/** Gives each its own part. A length that is not theirs would have each get a part of another's. */
function settle(wanted: readonly Wanted[], signatures: Uint8Array): void {
  const fits = signatures.length === wanted.length * ES256_BYTES;
  for (const [index, { done, failed }] of wanted.entries()) {
    if (fits) done(signatures.subarray(index * ES256_BYTES, (index + 1) * ES256_BYTES));
    else failed(new TypeError("the signatures are not as long as those of ES256"));
  }
}

function fail({ wanted }: Batch, cause: unknown): void {
  for (const { failed } of wanted) failed(cause);
}

function signingThread(): { sign(key: KeyObject, input: string): Promise<Uint8Array>; close(): Promise<void> } {
  let worker: Worker | null = null;
  let gathered: Batch | null = null;
  let sent: Batch[] = [];
  let closed = false;
  const start = (): Worker => {
    // It signs and does nothing else: neither our flags nor our environment are for it.
    const made = new Worker(THREAD, { eval: true, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    made.unref();
    made.on("message", (signatures: Uint8Array) => settle(sent.shift()?.wanted ?? [], signatures));
    made.on("error", (cause) => lose(made, cause));
    made.on("exit", () => lose(made, new Error("the signing thread has ended")));
    return made;
  };
  /** What was sent to a thread that has ended is not signed any more; the next signature starts another. */
  const lose = (ended: Worker, cause: unknown): void => {
    if (worker !== ended) return;
    const lost = sent;
    [worker, sent] = [null, []];
    for (const batch of lost) fail(batch, cause);
  };
  const send = (batch: Batch): void => {
    if (closed) {
      fail(batch, new Error("the signer was closed"));
      return;
    }
    worker ??= start();
    worker.postMessage({ key: batch.key, inputs: batch.wanted.map(({ input }) => input) });
    sent.push(batch);
  };
  const flush = (): void => {
    const batch = gathered;
    gathered = null;
    if (batch !== null) send(batch);
  };
  const gatheredFor = (key: KeyObject): Batch => {
    if (gathered?.key === key) return gathered;
    // A rotation has another key sign, in the middle of a turn.
    flush();
    const batch: Batch = { key, wanted: [] };
    gathered = batch;
    void turns(GATHERED_TURNS).then(() => {
      if (gathered === batch) flush();
    });
    return batch;
  };
  return {
    sign: (key, input) =>
      new Promise((done, failed) => {
        const { wanted } = gatheredFor(key);
        wanted.push({ input, done, failed });
        if (wanted.length === LARGEST_BATCH) flush();
      }),
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
