import { randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type {
  PublicKey,
  SignatureAlgorithm,
  Signer,
  SignerContext,
  SignerKind,
  SignerProbe,
  SigningKey,
} from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import type { Environment } from "../../platform/paths.ts";
import type { RawObject } from "../../wire/brevet-config/config.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { signatureMatches } from "../../wire/jwt/verify.ts";
import { enrolledKeys } from "./enrolled-keys.ts";
import { type ExternalSigner, externalSigner } from "./external-signer.ts";
import { DEADLINE_SECONDS } from "./open-program.ts";
import { type CommandOptions, parseCommandOptions } from "./options.ts";
import { scrubbedEnvironment } from "./scrubbed-environment.ts";

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
export function commandSigners(parts: CommandSignerParts): SignerKind<RawObject> {
  return {
    kind: "command",
    probe: (options) => probeProgram(options, parts),
    open: (context) => openCommandSigner(context, parts),
  };
}

async function probeProgram(raw: RawObject, parts: CommandSignerParts): Promise<SignerProbe> {
  if (Object.keys(raw).length === 0) {
    return {
      usable: false,
      reason: "no program is named (--signer-option command=/path/of/the/program)",
      // Said only to who asked for this kind: most people have no such program.
      hints: [],
    };
  }
  const described = await signerOf(parseCommandOptions(raw, "signer"), parts).describe();
  const { algorithms, residence, presence, summary } = described;
  return { usable: true, residence, summary, settled: { ...raw, algorithms, residence, presence } };
}

function signerOf({ command, environment }: CommandOptions, parts: CommandSignerParts): ExternalSigner {
  const { deadlineSeconds = DEADLINE_SECONDS } = parts;
  return externalSigner({ command, environment: scrubbedEnvironment(parts.environment, environment), deadlineSeconds });
}

function openCommandSigner(
  { identity, generation = 1, options: raw }: SignerContext<RawObject>,
  parts: CommandSignerParts,
): Signer {
  const options = parseCommandOptions(raw, `identities.${identity}.signer`);
  const { algorithms, residence, presence } = options;
  const [program] = options.command;
  const handle = keyHandle({ identity, generation });
  const signer = signerOf(options, parts);
  const enrolled = enrolledKeys(parts.store, identity, handle);

  const sign = async (key: PublicKey, message: Uint8Array): Promise<Uint8Array> => {
    const signature = await signer.sign(handle, key.algorithm, message);
    if (!signatureMatches(key.jwk, message, signature)) {
      throw new Fault("SIGNER_FAILED", `the signer ${program} answered a signature that is not by the key of ${identity}`, {
        hints: ["is it the program and the device that the key was made with? `brevet status` names the key"],
        details: { kid: key.kid },
      });
    }
    return signature;
  };

  async function signingKey(algorithm: SignatureAlgorithm): Promise<SigningKey | null> {
    const key = algorithms.includes(algorithm) ? await enrolled.load(algorithm) : null;
    return key === null ? null : { ...key, sign: (message) => sign(key, message) };
  }

  async function publicKeys(): Promise<readonly PublicKey[]> {
    const keys = await Promise.all(algorithms.map(enrolled.load));
    return keys.filter((key) => key !== null);
  }

  async function createKey(algorithm: SignatureAlgorithm): Promise<PublicKey> {
    if (!algorithms.includes(algorithm)) {
      throw new Fault("ALGORITHM_UNSUPPORTED", `the signer ${program} has no ${algorithm} keys`);
    }
    return enrolled.enrol(algorithm, async () => {
      const key = await signer.create(handle, algorithm);
      // A public key without its private half would be published, and refused only at the first token.
      await sign(key, randomBytes(32));
      return key;
    });
  }

  return {
    description: { kind: "command", residence, presence, summary: `a key that ${program} holds` },
    algorithms,
    publicKeys,
    signingKey,
    createKey,
    async destroyKeys() {
      for (const algorithm of algorithms) {
        if ((await enrolled.load(algorithm)) === null) continue;
        // First the key, then what is known of it: after a fault this can be tried again.
        await signer.destroy(handle, algorithm);
        await enrolled.forget(algorithm);
      }
    },
  };
}
