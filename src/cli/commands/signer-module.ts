import { readFileSync } from "node:fs";
import { defineCommand } from "../command.ts";
import { runModuleProcess } from "../kinds.ts";

/** Started by brevet itself, for a signer on a token: the module of somebody else is loaded in this process and in no other. */
export const command = defineCommand({
  path: "signer module",
  description: "Reads what to do from stdin. Not for people.",
  flags: {},
  examples: [],
  async run(_given, { output }) {
    await runModuleProcess(readFileSync(0, "utf8"), output);
    return 0;
  },
});
