import { bytesOfHex, hexOf } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import type { Secret } from "../../core/secret.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import type { Terminal } from "../../core/terminal.ts";
import { headStart } from "../../platform/head-start.ts";
import type { Environment } from "../../platform/paths.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { checkSignature } from "../../wire/jwt/verify.ts";
import { startModule } from "./module-child.ts";
import type { ModuleAnswers, ModuleRequest, ModuleWork } from "./module-request.ts";
import type { Pkcs11Options } from "./options.ts";
import { obtainPin } from "./pin.ts";

/** Long enough to touch a key; what calls a credential process kills it after a minute. */
const DEADLINE_SECONDS = 30;

/** What is needed to reach a token. */
export interface TokenParts {
  readonly terminal: Pick<Terminal, "askSecret" | "instruct" | "say">;
  readonly environment: Environment;
  /** How brevet starts itself with its command that loads a module. */
  readonly moduleProgram: readonly [string, ...string[]];
  readonly deadlineSeconds?: number;
}

/** The PIN of a token for one operation or two; null where the token wants none or asks for it itself. */
export type Pin = Secret<string> | null;

/** A key on a token: its CKA_ID, hexadecimal, and its public half. */
export interface TokenKey {
  readonly id: string;
  readonly key: PublicKey;
}

/** The token that the options of an identity name. Each call but `pin` needs a process. */
export interface Token {
  /** Starts the process of the next call. */
  prepare(): void;
  inspect(): Promise<ModuleAnswers["inspect"]>;
  /** @throws {Fault} `PERSON_ABSENT`, `INTERRUPTED`, `FILE_UNREADABLE` */
  pin(): Promise<Pin>;
  /** The key of that id, made if it is not there. */
  generate(algorithm: SignatureAlgorithm, id: string, pin: Pin): Promise<TokenKey>;
  /** A key that is there. @throws {Fault} `KEY_ABSENT`; `USAGE_INVALID` when several could be meant. */
  find(algorithm: SignatureAlgorithm, selector: NonNullable<Pkcs11Options["key"]>, pin: Pin): Promise<TokenKey>;
  /** A signature in the form of JWS, verified. @throws {Fault} `SIGNER_FAILED` when it is of another key. */
  sign(key: TokenKey, message: Uint8Array, pin: Pin): Promise<Uint8Array>;
  /** The certificates beside a key, and those of a label; DER. */
  certificates(key: TokenKey, label: string, pin: Pin): Promise<TokenCertificates>;
  destroy(algorithm: SignatureAlgorithm, id: string, pin: Pin): Promise<void>;
}

/** Certificates that a token has, DER. */
export interface TokenCertificates {
  readonly ofKey: readonly Uint8Array[];
  readonly labelled: readonly Uint8Array[];
}

/** @param identity whose keys these are: for messages, and for the labels of new keys. */
export function tokenOf(options: Pkcs11Options, parts: TokenParts, identity: string): Token {
  const { module, selector, pin: source } = options;
  const unattended = source?.from === "descriptor";
  const settings = {
    program: parts.moduleProgram,
    environment: parts.environment,
    deadlineSeconds: parts.deadlineSeconds ?? DEADLINE_SECONDS,
  };
  const child = headStart(
    () => startModule(settings),
    (unused) => unused.dismiss(),
  );

  async function ask<Work extends ModuleWork>(work: Work, pin: Pin): Promise<ModuleAnswers[Work["task"]]> {
    const request: ModuleRequest & { work: Work } = { module, selector, pin: pin?.reveal() ?? null, unattended, work };
    return (await child.take()).ask(request, () => tellOfWaiting(options, work, parts.terminal));
  }

  return {
    prepare: () => child.begin(),
    inspect: () => ask({ task: "inspect" }, null),
    pin: () => obtainPin(source, parts.terminal, identity),
    async generate(algorithm, id, pin) {
      return keyOf(await ask({ task: "generate", id, label: `brevet ${identity}`, algorithm }, pin), algorithm);
    },
    async find(algorithm, { id, label }, pin) {
      const named = { ...(id === undefined ? {} : { id: hexOf(id) }), ...(label === undefined ? {} : { label }) };
      return keyOf(await ask({ task: "find", algorithm, ...named }, pin), algorithm);
    },
    async sign({ id, key }, message, pin) {
      const { algorithm } = key;
      const { signature } = await ask({ task: "sign", id, algorithm, message: hexOf(message) }, pin);
      const bytes = bytesOfHex(signature);
      if ((await checkSignature(key.jwk, message, bytes)) === "matches") return bytes;
      throw new Fault("SIGNER_FAILED", `the token answered a signature that is not by the key of ${identity}`, {
        hints: ["is it the token that the key was made on? `brevet status` names it"],
        details: { kid: key.kid },
      });
    },
    async certificates({ id, key: { algorithm } }, label, pin) {
      const { ofKey, labelled } = await ask({ task: "certificates", id, label, algorithm }, pin);
      return { ofKey: ofKey.map(bytesOfHex), labelled: labelled.map(bytesOfHex) };
    },
    async destroy(algorithm, id, pin) {
      await ask({ task: "destroy", id, algorithm }, pin);
    },
  };
}

/** Tokens want a touch for signatures alone, and those in software for none. */
function tellOfWaiting({ module, residence }: Pkcs11Options, { task }: ModuleWork, terminal: TokenParts["terminal"]): void {
  if (task === "sign" && residence === "hardware") terminal.instruct("waiting for the token: if it blinks, touch it");
  else terminal.say(`waiting for the module ${module}`);
}

function keyOf({ id, jwk: found }: ModuleAnswers["find"], algorithm: SignatureAlgorithm): TokenKey {
  const jwk = parsePublicJwk(found);
  if (jwk === null || (algorithm === "ES256") !== (jwk.kty === "EC") || !/^([0-9a-f]{2})*$/.test(id)) {
    throw new Fault("SIGNER_FAILED", `the token did not give an ${algorithm} key`);
  }
  return { id, key: { kid: jwkThumbprint(jwk), algorithm, jwk } };
}
