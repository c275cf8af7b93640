import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { FAULT_CODES, type FaultCode } from "../../core/fault-codes.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { MARK, type ModuleAnswers, type ModuleWork } from "./module-request.ts";

/*
 * Reads what the process of a module wrote. That process does not load this file: the schemas are most of what it would load.
 */

const algorithm = v.picklist(["ES256", "RS256"]);
const texts = v.pipe(v.array(v.string()), v.readonly());
const key = v.object({ id: v.string(), jwk: v.record(v.string(), v.unknown()) });

/** The module lives in the process that answers, and may have written there. */
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
  certificates: v.object({ ofKey: texts, labelled: texts }),
  destroy: v.object({}),
} as const satisfies { readonly [Task in ModuleWork["task"]]: v.GenericSchema };

const FAULT = v.object({
  code: v.string(),
  message: v.string(),
  hints: v.array(v.string()),
  details: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});

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
    parseJsonObject(text.slice(start + 1, end)),
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
