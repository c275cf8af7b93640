import { EXIT } from "../../src/core/exit.ts";
import { FAULT_CODES } from "../../src/core/fault-codes.ts";

/** `docs/reference/faults.md`: every fault code with the exit status it ends with. */
export function faultsPage(): string {
  const statuses = Object.entries(EXIT).map(([name, status]) => `| ${status} | ${STATUS_MEANING[name as keyof typeof EXIT]} |`);
  const codes = Object.entries(FAULT_CODES).map(([code, { exit, doc }]) => `| \`${code}\` | ${EXIT[exit]} | ${doc} |`);
  return [
    "# Faults",
    "",
    "Every way in which brevet fails on purpose. A code is never renamed, so scripts may match on it:",
    "it ends the line on stderr, and with `--json` it is the member `code`.",
    "",
    "## Exit statuses",
    "",
    "| status | meaning |",
    "|---|---|",
    ...statuses,
    "",
    "## Codes",
    "",
    "| code | exit status | meaning |",
    "|---|---|---|",
    ...codes,
    "",
  ].join("\n");
}

const STATUS_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  fault: "a fault that is none of the others",
  usage: "the command line or the configuration is wrong",
  needsPerson: "a person has to answer, and none is there",
  unreachable: "a host cannot be reached, or cannot serve now",
  refused: "a host refused",
  signerAbsent: "the signer or its key is not there",
  programUnusable: "`exec`: the program cannot be executed",
  programAbsent: "`exec`: the program is not there",
  interrupted: "interrupted",
};
