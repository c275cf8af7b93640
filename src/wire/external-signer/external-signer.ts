import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import type { PublicKey, SignatureAlgorithm } from "../../core/signer.ts";
import {
  type ExternalDescription,
  parseCreatedKey,
  parseDescription,
  parseSignature,
  parseSignerAnswer,
  type Refusal,
  type SignerAnswer,
} from "./answer.ts";
import { encodeSignerRequest, type SignerRequest } from "./request.ts";

/** The operations of one external signer; each runs its program once. */
export interface ExternalSigner {
  describe(): Promise<ExternalDescription>;
  /** The public key of that name, made if it was not there. @throws {Fault} `ALGORITHM_UNSUPPORTED` and those of all. */
  create(key: string, algorithm: SignatureAlgorithm): Promise<PublicKey>;
  /** A signature in the form of JWS; the caller verifies it. */
  sign(key: string, algorithm: SignatureAlgorithm, message: Uint8Array): Promise<Uint8Array>;
  /** A signer that cannot destroy keys keeps them. */
  destroy(key: string, algorithm: SignatureAlgorithm): Promise<void>;
}

const CODES: Readonly<Record<Refusal, FaultCode>> = {
  absent: "SIGNER_ABSENT",
  "key-absent": "KEY_ABSENT",
  unsupported: "ALGORITHM_UNSUPPORTED",
  refused: "SIGNER_FAILED",
  failed: "SIGNER_FAILED",
};

const WORDS: Readonly<Record<Refusal, string>> = {
  absent: "does not find its device",
  "key-absent": "does not have that key",
  unsupported: "cannot do that",
  refused: "refused",
  failed: "failed",
};

/**
 * @param program its name in messages.
 * @param run starts it once, with that line as its input. @returns what it answered.
 * @throws {Fault} each operation: `SIGNER_ABSENT`, `SIGNER_FAILED` (also for an answer that is not in the protocol),
 * `KEY_ABSENT`.
 */
export function externalSigner(program: string, run: (request: string) => Promise<string>): ExternalSigner {
  async function ask(request: SignerRequest): Promise<SignerAnswer> {
    return parseSignerAnswer(await run(encodeSignerRequest(request)), program);
  }

  async function obtain(request: SignerRequest): Promise<Readonly<Record<string, unknown>>> {
    const answer = await ask(request);
    if (answer.kind === "refused") throw refusalFault(answer, request, program);
    return answer.members;
  }

  return {
    describe: async () => parseDescription(await obtain({ operation: "describe" }), program),
    create: async (key, algorithm) => parseCreatedKey(await obtain({ operation: "create", key, algorithm }), algorithm, program),
    sign: async (key, algorithm, message) =>
      parseSignature(await obtain({ operation: "sign", key, algorithm, message }), algorithm, program),
    async destroy(key, algorithm) {
      const answer = await ask({ operation: "destroy", key, algorithm });
      const gone = answer.kind === "done" || answer.refusal === "key-absent" || answer.refusal === "unsupported";
      if (!gone) throw refusalFault(answer, { operation: "destroy", key, algorithm }, program);
    },
  };
}

function refusalFault({ refusal, text }: SignerAnswer & { kind: "refused" }, request: SignerRequest, program: string): Fault {
  const asked = request.operation === "describe" ? "" : `, asked to ${request.operation} ${request.algorithm} ${request.key}`;
  const reason = text === null || text === "" ? WORDS[refusal] : `${WORDS[refusal]}: ${text}`;
  const code = refusal === "unsupported" && request.operation !== "create" ? "SIGNER_FAILED" : CODES[refusal];
  return new Fault(code, `the signer ${program} ${reason}${asked}`, { details: { refusal } });
}
