import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { placeIn } from "../../core/place.ts";
import type { Signer, SignerContext, SignerDescription, SignerKind, SignerProbe } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import type { Environment } from "../../platform/paths.ts";
import { type ProgramSettings, runProgram } from "../../platform/processes/run-program.ts";
import { scrubbedEnvironment } from "../../platform/processes/scrubbed-environment.ts";
import { signerPlace } from "../../wire/brevet-config/signer-choice.ts";
import { enrolledSigner } from "../../wire/external-signer/enrolled-signer.ts";
import { type ExternalSigner, externalSigner } from "../../wire/external-signer/external-signer.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { type EnclavePresence, parseSecureEnclaveOptions, type SecureEnclaveOptions } from "./options.ts";

/**
 * The signer `secure-enclave`: ES256 keys that the Secure Enclave of a Mac made and that work in no other. A small program in
 * Swift (`native/secure-enclave`) speaks with it, by the protocol of external signers. It keeps of each key what CryptoKit gives
 * out, an opaque form that this Mac's enclave alone can use, in `secure-enclave/` of the state folder; nothing is in a keychain,
 * so no entitlement is needed.
 */

/** What a signer in a Secure Enclave is made of. */
export interface SecureEnclaveParts {
  readonly store: Store;
  readonly environment: Environment;
  readonly stateFolder: string;
  /** Where the program is unless the config says so: beside brevet itself. */
  readonly besideBrevet: string;
  readonly platform?: NodeJS.Platform;
  readonly deadlineSeconds?: number;
}

/** Long enough to find the finger; what calls a credential process kills it after a minute. */
const DEADLINE_SECONDS = 30;

const PROGRAM_NAME = "brevet-secure-enclave";

/** The kind `secure-enclave`. */
export function secureEnclaveSigners(parts: SecureEnclaveParts): SignerKind<JsonObject> {
  return {
    kind: "secure-enclave",
    probe: (options) => probe(options, parts),
    open: (context) => open(context, parts),
  };
}

async function probe(raw: JsonObject, parts: SecureEnclaveParts): Promise<SignerProbe> {
  const { platform = process.platform } = parts;
  const options = parseSecureEnclaveOptions(raw, placeIn(null, "signer"));
  if (platform !== "darwin" && options.program === null) {
    return { usable: false, reason: "a Secure Enclave is in Macs only", hints: [] };
  }
  try {
    const { presence, summary } = await programOf(options, parts).describe();
    // A program that asks for less than it was told to would make a laxer key than the config says.
    if ((presence === "none") !== (options.presence === "none")) {
      return { usable: false, reason: `it asks for ${presence}, and presence is ${options.presence}`, hints: [] };
    }
    return { usable: true, residence: "hardware", summary, settled: { ...raw, presence: options.presence } };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const program = programPath(options, parts);
    const hints = [`\`${PROGRAM_NAME}\` of the same release belongs next to brevet: ${program}`];
    return { usable: false, reason: cause.message, hints };
  }
}

function open(context: SignerContext<JsonObject>, parts: SecureEnclaveParts): Signer {
  const { identity } = context;
  const options = parseSecureEnclaveOptions(context.options, signerPlace(context));
  return enrolledSigner({
    store: parts.store,
    external: programOf(options, parts),
    identity,
    handle: keyHandle(context),
    algorithms: ["ES256"],
    description: describe(options.presence),
    program: PROGRAM_NAME,
    random: randomBytes,
  });
}

const GUARDS: Readonly<Record<EnclavePresence, string>> = {
  any: ", for whoever has Touch ID or the login password",
  biometric: ", for a finger that was enrolled when it was made",
  none: "",
};

function describe(presence: EnclavePresence): SignerDescription {
  return {
    kind: "secure-enclave",
    residence: "hardware",
    presence: presence === "none" ? "none" : "biometric",
    summary: `a key in the Secure Enclave of this Mac${GUARDS[presence]}: it can be used here and copied nowhere`,
  };
}

function programPath({ program }: SecureEnclaveOptions, { besideBrevet }: SecureEnclaveParts): string {
  return program ?? join(besideBrevet, PROGRAM_NAME);
}

function programOf(options: SecureEnclaveOptions, parts: SecureEnclaveParts): ExternalSigner {
  const { presence, reason, reuseSeconds } = options;
  const { deadlineSeconds = DEADLINE_SECONDS, environment, stateFolder } = parts;
  const program = programPath(options, parts);
  const folder = join(stateFolder, "secure-enclave");
  const args = ["--folder", folder, "--presence", presence, "--reason", reason, "--reuse", String(reuseSeconds)];
  const settings: ProgramSettings = {
    command: [program, ...args],
    environment: scrubbedEnvironment(environment, []),
    deadlineSeconds,
  };
  return externalSigner(PROGRAM_NAME, (request) => runProgram(settings, request));
}
