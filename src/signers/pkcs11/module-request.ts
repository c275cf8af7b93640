import { Fault } from "../../core/fault.ts";
import { FAULT_CODES, type FaultCode } from "../../core/fault-codes.ts";
import type { PublicJwk, SignatureAlgorithm } from "../../core/signer.ts";
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

/** What each task answers. */
export interface ModuleAnswers {
  readonly inspect: {
    readonly label: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly serial: string;
    readonly login: "none" | "pin" | "pin-pad";
    readonly algorithms: readonly SignatureAlgorithm[];
  };
  readonly generate: { readonly id: string; readonly jwk: PublicJwk };
  readonly find: { readonly id: string; readonly jwk: PublicJwk };
  readonly sign: { readonly signature: string };
  readonly destroy: Readonly<Record<string, never>>;
}

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

/** The answer in what a process wrote; null when there is none. @throws {Fault} the fault that it answered with. */
export function parseModuleAnswer(text: string): unknown {
  const start = text.lastIndexOf(MARK);
  const end = text.indexOf("\n", start);
  if (start === -1 || end === -1) return null;
  let body: {
    readonly answer?: unknown;
    readonly fault?: Partial<Pick<Fault, "message" | "hints" | "details">> & { code?: string };
  };
  try {
    body = JSON.parse(text.slice(start + 1, end));
  } catch {
    return null;
  }
  const { fault } = body;
  if (fault === undefined) return body.answer ?? null;
  const code: FaultCode =
    fault.code !== undefined && Object.hasOwn(FAULT_CODES, fault.code) ? (fault.code as FaultCode) : "SIGNER_FAILED";
  throw new Fault(code, fault.message ?? "the module failed", { hints: fault.hints ?? [], details: fault.details ?? {} });
}
