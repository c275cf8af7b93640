import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
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
  /** The certificates beside a key, and those of that label. */
  | { readonly task: "certificates"; readonly id: string; readonly label: string; readonly algorithm: SignatureAlgorithm }
  | { readonly task: "destroy"; readonly id: string; readonly algorithm: SignatureAlgorithm };

/** A key as a module gave it. The caller checks its public half. */
interface AnsweredKey {
  readonly id: string;
  readonly jwk: Readonly<Record<string, unknown>>;
}

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
  readonly generate: AnsweredKey;
  readonly find: AnsweredKey;
  readonly sign: { readonly signature: string };
  /** DER. */
  readonly certificates: { readonly ofKey: readonly string[]; readonly labelled: readonly string[] };
  readonly destroy: Readonly<Record<string, never>>;
}

/** What to type to see what a module does without brevet. */
export function tryModule(module: string): string {
  return `see what the module does without brevet: \`${shellCommand`pkcs11-tool --module ${module} --login --list-objects`}\``;
}

/** Stands before the answer: a module that prints to stdout does so before, and prints no such character. */
export const MARK = "\x1e";

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
