import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { allWell, runChecks } from "../../flows/checks/checks.ts";
import { externalSignerChecks } from "../../flows/test-external-signer.ts";
import { systemTempo } from "../../platform/tempo.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { checkTable } from "../checks/check-table.ts";
import { defineCommand } from "../command.ts";
import { externalProgram } from "../kinds.ts";

export const command = defineCommand({
  path: "signer test",
  description: [
    "For those who write a signer of the kind `command`. Makes two keys for each algorithm, under random names, signs with one",
    "and destroys both if the program can. The exit status is 1 when a check fails.",
  ].join("\n"),
  positionals: [{ name: "PROGRAM", doc: "the program and its arguments, after --", required: true, rest: true }],
  flags: {
    environment: {
      kind: "texts",
      value: "NAME",
      doc: "an environment variable that it is given too",
    },
    json: { kind: "switch", doc: "print what was found as JSON" },
  },
  examples: [
    { line: "brevet signer test -- ./my-signer --slot 1", does: "a table of checks" },
    { line: "brevet signer test --environment AWS_PROFILE -- ./kms-signer", does: "for one that needs AWS_PROFILE" },
  ],
  async run({ flags, rest }, { environment, output, terminal, workingFolder }) {
    const [word = "", ...args] = rest;
    const program = /[\\/]/.test(word) ? resolve(workingFolder, word) : word;
    const ask = await externalProgram([program, ...args], flags.environment, environment);
    const ports = { program, ask, random: randomBytes, tempo: systemTempo };
    const reports = await runChecks(await externalSignerChecks(ports), terminal.progress);
    output(flags.json ? jsonPage(reports) : await checkTable(reports, terminal));
    return allWell(reports) ? 0 : 1;
  },
});
