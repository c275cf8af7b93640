import { Fault } from "../../core/fault.ts";
import type { Rule } from "../../wire/brevet-api/rule.ts";
import { readGivenFile } from "../flags/read-given-file.ts";

const HINTS = ["how rules are written: `brevet admin rules show --example`"];

/** A list of rules as somebody wrote it; the server checks each. @throws {Fault} `USAGE_INVALID`; those of a file that cannot be read. */
export function readRulesFile(name: string): Rule[] {
  try {
    const value: unknown = JSON.parse(readGivenFile(name));
    const rules = typeof value === "object" && value !== null && "rules" in value ? value.rules : value;
    // Sent as they are: one judge is enough, and the server says of each what is wrong with it.
    if (Array.isArray(rules)) return rules as Rule[];
  } catch (cause) {
    if (cause instanceof Fault) throw cause.told({ hints: [...cause.hints, ...HINTS] });
    throw new Fault("USAGE_INVALID", `${name} is not JSON: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
      hints: HINTS,
    });
  }
  throw new Fault("USAGE_INVALID", `${name} holds no list of rules`, { hints: HINTS });
}
