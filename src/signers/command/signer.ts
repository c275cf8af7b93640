import { randomBytes } from "node:crypto";
import type { JsonObject } from "../../core/json-object.ts";
import { placeIn } from "../../core/place.ts";
import type { Signer, SignerContext, SignerKind, SignerProbe } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import type { Environment } from "../../platform/paths.ts";
import { runProgram } from "../../platform/processes/run-program.ts";
import { scrubbedEnvironment } from "../../platform/processes/scrubbed-environment.ts";
import { signerPlace } from "../../wire/brevet-config/signer-choice.ts";
import { enrolledSigner } from "../../wire/external-signer/enrolled-signer.ts";
import { type ExternalSigner, externalSigner } from "../../wire/external-signer/external-signer.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { DEADLINE_SECONDS } from "./open-program.ts";
import { type CommandOptions, parseCommandOptions } from "./options.ts";

/**
 * The signer kind `command`: another program holds the keys and signs. It is asked by the protocol of
 * `docs/reference/external-signer.md`, once for each signature, and is not believed: what it signed is verified against
 * the public key that was recorded when the key was made, so that a program that was replaced signs nothing for this device.
 */

/** What an external signer is made of. */
export interface CommandSignerParts {
  readonly store: Store;
  readonly environment: Environment;
  readonly deadlineSeconds?: number;
}

/** The kind `command`. */
export function commandSigners(parts: CommandSignerParts): SignerKind<JsonObject> {
  return {
    kind: "command",
    probe: (options) => probeProgram(options, parts),
    open: (context) => openCommandSigner(context, parts),
  };
}

async function probeProgram(raw: JsonObject, parts: CommandSignerParts): Promise<SignerProbe> {
  if (Object.keys(raw).length === 0) {
    return {
      usable: false,
      reason: "no program is named",
      hints: [],
      hintsWhenAsked: ["name it by its absolute path: `--signer command --signer-option command=/path/of/the/program`"],
    };
  }
  const described = await signerOf(parseCommandOptions(raw, placeIn(null, "signer")), parts, [TRY_IT]).describe();
  const { algorithms, residence, presence, summary } = described;
  return { usable: true, residence, summary, settled: { ...raw, algorithms, residence, presence } };
}

const TRY_IT = "see what it does wrong: `brevet signer test -- PROGRAM …`";

function signerOf({ command, environment }: CommandOptions, parts: CommandSignerParts, hints: readonly string[]): ExternalSigner {
  const { deadlineSeconds = DEADLINE_SECONDS } = parts;
  const settings = { command, environment: scrubbedEnvironment(parts.environment, environment), deadlineSeconds, hints };
  return externalSigner(command[0], (request) => runProgram(settings, request));
}

function openCommandSigner(context: SignerContext<JsonObject>, parts: CommandSignerParts): Signer {
  const { identity, options: raw } = context;
  const options = parseCommandOptions(raw, signerPlace(context));
  const { algorithms, residence, presence } = options;
  const [program] = options.command;
  return enrolledSigner({
    store: parts.store,
    external: signerOf(options, parts, [`${signerPlace(context).at("command")} names it`, TRY_IT]),
    identity,
    handle: keyHandle(context),
    algorithms,
    description: { kind: "command", residence, presence, summary: `a key that ${program} holds` },
    program,
    random: randomBytes,
  });
}
