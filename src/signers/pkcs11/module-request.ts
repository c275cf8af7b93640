import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { FAULT_CODES, type FaultCode } from "../../core/fault-codes.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { TokenSelector } from "../../wire/pkcs11/uri.ts";

/**
 * What the process that loaded a module is asked, and what it answers: JSON between two processes of one program, so it has
 * no version. Bytes are hexadecimal.
 */
export interface ModuleRequest {
  readonly module: string;
  readonly selector: TokenSelector;
  /** On the pipe, never in an argument or a variable, which others of this machine can read. */
  readonly pin: string | null;
  readonly unattended: boolean;
  readonly work: ModuleWork;
}

export type ModuleWork =
  | { readonly task: "inspect" }
  /** The key of that CKA_ID, made if it is not there. */
  | { readonly task: "generate"; readonly id: string; readonly label: string; readonly algorithm: SignatureAlgorithm }
  /** The public half of a key that is there. */
  | { readonly task: "find"; readonly id?: string; readonly label?: string; readonly algorithm: SignatureAlgorithm }
  | { readonly task: "sign"; readonly id: string; readonly algorithm: SignatureAlgorithm; readonly message: string }
  | { readonly task: "destroy"; readonly id: string; readonly algorithm: SignatureAlgorithm };

const algorithm = v.picklist(["ES256", "RS256"]);
const key = v.object({ id: v.string(), jwk: v.record(v.string(), v.unknown()) });

/** What each task answers: the module lives in the process that answers, and may have written there. */
const ANSWERS = {
  inspect: v.object({
    label: v.string(),
    manufacturer: v.string(),
    model: v.string(),
    serial: v.string(),
    login: v.picklist(["none", "pin", "pin-pad"]),
    algorithms: v.pipe(v.array(algorithm), v.readonly()),
  }),
  generate: key,
  find: key,
  sign: v.object({ signature: v.string() }),
  destroy: v.object({}),
} as const;

/** What each task answers; the public key in it is not checked yet. */
export type ModuleAnswers = { readonly [Task in keyof typeof ANSWERS]: v.InferOutput<(typeof ANSWERS)[Task]> };

const FAULT = v.object({
  code: v.string(),
  message: v.string(),
  hints: v.array(v.string()),
  details: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

/** Stands before the answer: a module that prints to stdout does so before, and prints no such character. */
const MARK = "\x1e";

/** The line that carries an answer or a fault. */
export function encodeModuleAnswer(answer: object | Fault): string {
  const body =
    answer instanceof Fault
      ? { fault: { code: answer.code, message: answer.message, hints: answer.hints, details: answer.details } }
      : { answer };
  return `\n${MARK}${JSON.stringify(body)}\n`;
}

/** Whether an answer is complete in what was read so far. */
export function holdsModuleAnswer(text: string): boolean {
  const start = text.lastIndexOf(MARK);
  return start !== -1 && text.indexOf("\n", start) !== -1;
}

/**
 * The answer to a task in what a process wrote; null when there is none.
 *
 * @throws {Fault} the fault that it answered with.
 */
export function parseModuleAnswer<Task extends ModuleWork["task"]>(text: string, task: Task): ModuleAnswers[Task] | null {
  const start = text.lastIndexOf(MARK);
  const end = text.indexOf("\n", start);
  if (start === -1 || end === -1) return null;
  const body = v.safeParse(
    v.object({ answer: v.optional(v.unknown()), fault: v.optional(FAULT) }),
    parseJson(text.slice(start + 1, end)),
  );
  if (!body.success) return null;
  const { answer, fault } = body.output;
  if (fault !== undefined) throw new Fault(knownCode(fault.code), fault.message, fault);
  const result = v.safeParse(ANSWERS[task], answer);
  return result.success ? (result.output as ModuleAnswers[Task]) : null;
}

function knownCode(code: string): FaultCode {
  return Object.hasOwn(FAULT_CODES, code) ? (code as FaultCode) : "SIGNER_FAILED";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
