import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import type { PublicKey, SignatureAlgorithm } from "../core/signer.ts";
import type { Tempo } from "../core/tempo.ts";
import {
  type ExternalDescription,
  parseCreatedKey,
  parseDescription,
  parseSignature,
  parseSignerAnswer,
  type Refusal,
} from "../wire/external-signer/answer.ts";
import { encodeSignerRequest } from "../wire/external-signer/request.ts";
import { checkSignature } from "../wire/jwt/verify.ts";
import type { Check, CheckResult } from "./checks/checks.ts";

/** What is tested, and what the test needs of the world. */
export interface ExternalSignerPorts {
  /** Its name in messages. */
  readonly program: string;
  /** Runs it once: one request, one answer. @throws {Fault} if it does not answer properly. */
  readonly ask: (request: string) => Promise<string>;
  readonly random: RandomBytes;
  readonly tempo: Pick<Tempo, "elapsedMs">;
}

/** A signature that takes longer makes people wait at each renewal. */
const SLOW_MILLISECONDS = 1000;

/**
 * The contract of an external signer, check by check, for those who write one. It makes two keys of random names for each
 * algorithm, and destroys them if the signer can.
 *
 * @throws {Fault} if the program cannot even say what it is: there is nothing to check then.
 */
export async function externalSignerChecks(ports: ExternalSignerPorts): Promise<readonly Check[]> {
  const described = await describe(ports);
  return [
    {
      name: "describe",
      run: async () => good(`${described.algorithms.join(", ")} in ${described.residence}: ${described.summary}`),
    },
    refusal("an operation that it does not know", '{"protocol":1,"operation":"brevet-test"}\n', "unsupported", ports),
    refusal(
      "a protocol that it does not know",
      '{"protocol":999,"operation":"create","key":"brevet-test","algorithm":"ES256"}\n',
      "unsupported",
      ports,
    ),
    refusal(
      "an algorithm that it does not know",
      '{"protocol":1,"operation":"create","key":"brevet-test","algorithm":"none"}\n',
      "unsupported",
      ports,
    ),
    ...described.algorithms.flatMap((algorithm) => keyChecks(algorithm, ports)),
  ];
}

async function describe({ ask, program }: ExternalSignerPorts): Promise<ExternalDescription> {
  return parseDescription(await done(encodeSignerRequest({ operation: "describe" }), { ask, program }), program);
}

/** The keys that the checks of one algorithm work with. */
interface TestKeys {
  /** Two names that keys are made under, and one under which none is. */
  readonly names: { readonly first: string; readonly second: string; readonly never: string };
  make(name: string): Promise<PublicKey>;
  /** @throws {Fault} if it could not be made. */
  made(name: string): PublicKey;
  /** Whether the program has one key for all names: what is done to one of them is done to somebody's real key. */
  shared(): boolean;
  /** Signs with the first and verifies it. */
  sign(messageBytes: number): Promise<void>;
  /** Finds out whether the program says that it has no key of that name. */
  lacks(name: string): Promise<CheckResult>;
}

function testKeys(algorithm: SignatureAlgorithm, ports: ExternalSignerPorts): TestKeys {
  const { program, random } = ports;
  const suffix = Buffer.from(random(5)).toString("hex");
  const names = { first: `brevet-test-${suffix}-a`, second: `brevet-test-${suffix}-b`, never: `brevet-test-${suffix}-c` };
  const keys = new Map<string, PublicKey>();
  const made = (name: string): PublicKey => {
    const key = keys.get(name);
    if (key !== undefined) return key;
    throw new Fault("SIGNER_FAILED", "there is no key to try it with");
  };
  const request = (name: string, messageBytes: number) => {
    const message = random(messageBytes);
    return { message, line: encodeSignerRequest({ operation: "sign", key: name, algorithm, message }) };
  };
  return {
    names,
    made,
    async make(name) {
      const members = await done(encodeSignerRequest({ operation: "create", key: name, algorithm }), ports);
      const key = parseCreatedKey(members, algorithm, program);
      if (!keys.has(name)) keys.set(name, key);
      return key;
    },
    shared: () => keys.size === 2 && made(names.first).kid === made(names.second).kid,
    async sign(messageBytes) {
      const { jwk } = made(names.first);
      const { message, line } = request(names.first, messageBytes);
      const signature = parseSignature(await done(line, ports), algorithm, program);
      if ((await checkSignature(jwk, message, signature)) === "matches") return;
      throw new Fault("SIGNER_FAILED", `the signature of ${messageBytes} bytes is not by the key that it answered with`);
    },
    lacks: (name) => refused(request(name, 32).line, "key-absent", ports),
  };
}

/** The checks of one algorithm; each builds on those before it. */
function keyChecks(algorithm: SignatureAlgorithm, ports: ExternalSignerPorts): readonly Check[] {
  const keys = testKeys(algorithm, ports);
  const { first, second, never } = keys.names;
  const check = (name: string, run: () => Promise<CheckResult>): Check => ({
    name: `${algorithm}: ${name}`,
    run: () => withoutHints(run),
  });
  return [
    check("makes a key", async () => good(`its thumbprint is ${(await keys.make(first)).kid}`)),
    check("answers the same key when it is asked again", async () => {
      const before = keys.made(first);
      const again = await keys.make(first);
      return again.kid === before.kid ? good("it does") : bad("it made another one: the first would be lost");
    }),
    check("has another key for another name", async () => {
      await keys.make(second);
      if (!keys.shared()) return good("it does");
      return warn("it has one key for all names", "two identities that use it can each claim to be the other");
    }),
    check("signs", async () => {
      const started = ports.tempo.elapsedMs();
      await keys.sign(300);
      const milliseconds = Math.round(ports.tempo.elapsedMs() - started);
      if (milliseconds <= SLOW_MILLISECONDS) return good(`in ${milliseconds} ms`);
      return warn(`in ${milliseconds} ms`, "everybody who needs new credentials waits for that");
    }),
    check("signs messages of any length", async () => {
      for (const length of [0, 1, 64, 20_000]) await keys.sign(length);
      return good("from 0 to 20,000 bytes");
    }),
    check("signs for two at once", async () => {
      await Promise.all([keys.sign(32), keys.sign(32)]);
      return good("it does");
    }),
    check("ignores what a later protocol may add", async () => {
      keys.made(first);
      const request = encodeSignerRequest({ operation: "create", key: first, algorithm });
      await done(request.replace("}\n", ',"later":true}\n'), ports);
      return good("it does");
    }),
    check("has no key that was never made", async () => (keys.shared() ? unknown(ONE_FOR_ALL) : keys.lacks(never))),
    check("destroys a key", async () => {
      keys.made(first);
      if (keys.shared()) return unknown(ONE_FOR_ALL);
      return destroyKeys(keys, algorithm, ports);
    }),
  ];
}

const ONE_FOR_ALL = "not tried: it has one key for all names, and that is in use";

async function destroyKeys(keys: TestKeys, algorithm: SignatureAlgorithm, ports: ExternalSignerPorts): Promise<CheckResult> {
  const { first, second } = keys.names;
  for (const key of [second, first]) {
    const request = encodeSignerRequest({ operation: "destroy", key, algorithm });
    const answer = parseSignerAnswer(await ports.ask(request), ports.program);
    if (answer.kind === "done") continue;
    if (answer.refusal === "unsupported") return warn("it cannot", `the keys ${first} and ${second} are left in it`);
    return bad(`it answered "${answer.refusal}"`);
  }
  return keys.lacks(first);
}

/** Sends what it has to refuse. */
function refusal(what: string, request: string, wanted: Refusal, ports: ExternalSignerPorts): Check {
  return { name: `refuses ${what}`, run: () => withoutHints(() => refused(request, wanted, ports)) };
}

async function refused(request: string, wanted: Refusal, ports: ExternalSignerPorts): Promise<CheckResult> {
  const answer = parseSignerAnswer(await ports.ask(request), ports.program);
  if (answer.kind === "done") return bad(`it did not refuse: it has to answer {"error":"${wanted}"}`);
  return answer.refusal === wanted ? good(`"${wanted}"`) : bad(`it answered "${answer.refusal}" in place of "${wanted}"`);
}

async function done(
  request: string,
  { ask, program }: Pick<ExternalSignerPorts, "ask" | "program">,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = parseSignerAnswer(await ask(request), program);
  if (answer.kind === "done") return answer.members;
  throw new Fault("SIGNER_FAILED", `it answered "${answer.refusal}"${answer.text ? `: ${answer.text}` : ""}`);
}

/** The hint of a fault is to run this test. */
async function withoutHints(run: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { outcome: "bad", text: cause.message, code: cause.code };
  }
}

function good(text: string): CheckResult {
  return { outcome: "good", text };
}

function bad(text: string): CheckResult {
  return { outcome: "bad", text };
}

function unknown(text: string): CheckResult {
  return { outcome: "unknown", text };
}

function warn(text: string, hint: string): CheckResult {
  return { outcome: "warn", text, hint };
}
