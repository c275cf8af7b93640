import { Fault } from "../core/fault.ts";
import type { Publisher } from "../core/publisher.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { PublicKey, Signer } from "../core/signer.ts";
import { type Clock, type EpochSeconds, formatDuration, formatUtc } from "../core/time.ts";
import { JWKS_PATH } from "../wire/issuer-documents/discovery.ts";
import { keysOf } from "../wire/issuer-documents/jwks-document.ts";
import { generateIssuer } from "./generate-issuer.ts";
import { type Probe, type ProbePorts, type ProbeRules, probeUntilTrusted } from "./probe-key.ts";
import { publishIssuer } from "./publish-issuer.ts";

/**
 * Replaces the key of a device without an outage. The order is the point: a verifier keeps a copy of the published keys that
 * nobody can see, so the next key is published beside the present one, tried by real exchanges until it is taken every time, and
 * only then signed with; the old one goes when no token of its can be alive. The config says after each step what was done, so
 * that the next run continues one that was killed.
 */

/** The keys of one generation, in their signer. */
export interface KeySet {
  readonly signer: Signer;
  readonly generation: number;
}

/** Where a rotation stands, as the config has it. */
export interface KeyBook {
  readonly current: KeySet;
  readonly next: KeySet | null;
  readonly previous: (KeySet & { readonly until: EpochSeconds }) | null;
  /** What a new rotation would lead to. Nothing is written. */
  propose(): Promise<KeySet>;
  begin(next: KeySet): Promise<void>;
  /** The next keys are those in use from now on; the present ones stay published until then. */
  switchOver(until: EpochSeconds): Promise<void>;
  /** Forgets the next or the previous keys, when they are gone. */
  settle(): Promise<void>;
}

export interface RotateKeyInput {
  readonly identity: string;
  readonly issuer: string;
  readonly shared: boolean;
  /** How long the old key stays published after the switch. */
  readonly overlapSeconds: number;
  /** Whether to stay until that is over; otherwise the next run takes the old key out. */
  readonly wait: boolean;
  readonly rules: ProbeRules;
}

export interface RotateKeyPorts extends ProbePorts {
  readonly book: KeyBook;
  readonly generated: Publisher;
  readonly published: Publisher;
  /** Everywhere that the keys are published; none: a person uploads what is generated. */
  readonly destinations: readonly Publisher[];
  /** Fetches what is served and remembers it as published. */
  readonly verify: (keys: Pick<Signer, "publicKeys">) => Promise<void>;
  readonly probes: readonly Probe[];
  readonly clock: Clock;
}

/** How a run ended. */
export type RotationEnd =
  /** The documents have to be uploaded by hand; run again then. */
  | { readonly state: "to-upload"; readonly folder: string; readonly keys: readonly PublicKey[] }
  /** The new keys are in use, the old ones are still published. */
  | { readonly state: "overlapping"; readonly until: EpochSeconds; readonly keys: readonly PublicKey[] }
  | { readonly state: "done"; readonly keys: readonly PublicKey[] };

/**
 * Begins a rotation, or goes on with the one that was begun. Where no key is in use, as after a revocation, it switches at once.
 *
 * @throws {Fault} `ALGORITHM_UNSUPPORTED` if the new signer lacks an algorithm that is in use; `KEY_UNTRUSTED`; what the
 * signers, the publishers and the exchanges raise. The keys in use stay in use.
 */
export async function rotateKey(input: RotateKeyInput, ports: RotateKeyPorts): Promise<RotationEnd> {
  const { book } = ports;
  if (book.previous !== null) return retire(input, ports, { current: book.current, previous: book.previous });
  const next = book.next ?? (await beginRotation(ports));
  const keys = await makeKeys(input.identity, book, next);
  if (!(await publish(input, ports, { shown: [book.current, next], removed: [] }))) {
    return { state: "to-upload", folder: ports.generated.destination, keys };
  }
  const isInUse = (await book.current.signer.publicKeys()).length > 0;
  if (isInUse) await probeUntilTrusted(ports.probes, input.rules, ports);
  // After a revocation nothing works that could be interrupted, and no token is alive.
  const until = ports.clock.now() + (isInUse ? input.overlapSeconds : 0);
  await book.switchOver(until);
  const untried = isInUse ? "" : "; clouds may take a while to see it: `brevet status --check` tries it";
  ports.notices.say(`${input.identity} signs with the new key from now on${untried}`);
  return retire(input, ports, { current: next, previous: { ...book.current, until } });
}

/**
 * Drops the next key, which has signed no token yet: it is taken out everywhere, and destroyed.
 *
 * @throws {Fault} `USAGE_INVALID` where there is none; `KEY_ABSENT` where no key is in use, so that there is nothing to go back to.
 */
export async function abandonRotation(input: RotateKeyInput, ports: RotateKeyPorts): Promise<RotationEnd> {
  const { current, next } = ports.book;
  if (next === null) throw new Fault("USAGE_INVALID", `no rotation of ${input.identity} is at a point where it can be abandoned`);
  if ((await current.signer.publicKeys()).length === 0) {
    throw new Fault("KEY_ABSENT", `${input.identity} has no key in use to go back to`, {
      hints: [
        `take the new one into use: \`brevet issuer rotate ${input.identity}\``,
        `or destroy it too: \`brevet issuer revoke ${input.identity}\``,
      ],
    });
  }
  const removed = await next.signer.publicKeys();
  if (!(await publish(input, ports, { shown: [current], removed }))) {
    return { state: "to-upload", folder: ports.generated.destination, keys: await current.signer.publicKeys() };
  }
  await next.signer.destroyKeys();
  await ports.book.settle();
  return { state: "done", keys: await current.signer.publicKeys() };
}

async function beginRotation({ book }: RotateKeyPorts): Promise<KeySet> {
  const next = await book.propose();
  const wanted = await algorithmsOf(book.current.signer);
  const lacking = wanted.find((algorithm) => !next.signer.algorithms.includes(algorithm));
  if (lacking !== undefined) {
    throw new Fault(
      "ALGORITHM_UNSUPPORTED",
      `the signer ${next.signer.description.kind} has no ${lacking} keys, and one is in use`,
      {
        hints: ["profiles that need it would stop working: keep it in an identity of its own, `brevet init NAME`"],
      },
    );
  }
  await book.begin(next);
  return next;
}

async function algorithmsOf(signer: Signer): Promise<readonly PublicKey["algorithm"][]> {
  const keys = await signer.publicKeys();
  return keys.length === 0 ? signer.algorithms.slice(0, 1) : keys.map(({ algorithm }) => algorithm);
}

/** The next keys, made where they are not there yet. What was begun with the key in use is forgotten: dropping it would destroy that key. */
async function makeKeys(identity: string, { current, settle }: KeyBook, next: KeySet): Promise<readonly PublicKey[]> {
  const present = await current.signer.publicKeys();
  for (const algorithm of await algorithmsOf(current.signer)) {
    if ((await next.signer.signingKey(algorithm)) === null) await next.signer.createKey(algorithm);
  }
  const keys = await next.signer.publicKeys();
  const same = keys.find(({ kid }) => present.some((key) => key.kid === kid));
  if (same === undefined) return keys;
  await settle();
  const { kind } = next.signer.description;
  const another = shellCommand`brevet issuer rotate ${identity} --signer ${kind} --signer-option key=…`;
  throw new Fault("SIGNER_FAILED", `the signer ${kind} answered with the key that is in use, ${same.kid}`, {
    hints: [`a signer that names one key (\`key\` in its options) needs another: \`${another}\``],
  });
}

/**
 * Publishes the keys of these generations, and no other keys of this device, next to those of others.
 *
 * @returns false if a person has to upload them first.
 */
async function publish(
  input: RotateKeyInput,
  ports: RotateKeyPorts,
  { shown, removed }: { readonly shown: readonly [KeySet, ...KeySet[]]; readonly removed: readonly PublicKey[] },
): Promise<boolean> {
  const { generated, published, destinations, clock } = ports;
  const { identity, issuer, shared } = input;
  const [first, ...others] = shown;
  await generateIssuer(
    { identity, issuer, certificates: "keep" },
    { signers: [first.signer, ...others.map(({ signer }) => signer)], folder: generated, now: () => clock.now() },
  );
  const keys = (await Promise.all(shown.map(({ signer }) => signer.publicKeys()))).flat();
  const signer = { publicKeys: async () => keys };
  const gone = new Set(removed.map(({ kid }) => kid));
  for (const destination of destinations) {
    await publishIssuer(
      { identity, issuer, shared, removed: gone },
      { signer, generated, destination, published, notices: ports.notices },
    );
  }
  if (destinations.length > 0) return true;
  await ports.verify(signer);
  const served = new Set(keysOf(await published.read(JWKS_PATH), "the stored copy").map(({ kid }) => kid));
  return keys.every(({ kid }) => served.has(kid)) && removed.every(({ kid }) => !served.has(kid));
}

/** Takes the old keys out once no token of theirs can be alive, and destroys them. */
async function retire(
  input: RotateKeyInput,
  ports: RotateKeyPorts,
  { current, previous }: { readonly current: KeySet; readonly previous: KeySet & { readonly until: EpochSeconds } },
): Promise<RotationEnd> {
  const keys = await current.signer.publicKeys();
  const left = previous.until - ports.clock.now();
  if (left > 0) {
    if (!input.wait) return { state: "overlapping", until: previous.until, keys };
    const waiting = (rest: number): string =>
      `the old key stays published until ${formatUtc(previous.until)}, for ${formatDuration(rest)} more`;
    const shown = await ports.progress(waiting(left));
    // Looked at again each second: a machine that slept meanwhile has counted less than went by.
    for (let rest = left; rest > 0; rest = previous.until - ports.clock.now()) {
      shown.update(waiting(rest));
      await ports.tempo.pause(Math.min(rest, 1) * 1000);
    }
    shown.done("no token of the old key is alive any more");
  }
  const removed = await previous.signer.publicKeys();
  if (!(await publish(input, ports, { shown: [current], removed }))) {
    return { state: "to-upload", folder: ports.generated.destination, keys };
  }
  await destroyIfThere(previous.signer, ports);
  await ports.book.settle();
  return { state: "done", keys };
}

/** A token that was lost or broke is a reason to rotate, and must not keep the rotation from ending. */
async function destroyIfThere(signer: Signer, { notices }: RotateKeyPorts): Promise<void> {
  try {
    await signer.destroyKeys();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    notices.warn(`the old key is published nowhere any more, but is still in its ${signer.description.kind}: ${cause.message}`);
  }
}
