import { readFileSync } from "node:fs";
import { Fault } from "../../core/fault.ts";
import { defineCommand } from "../command.ts";
import { signInAnswer } from "../sign-in-process.ts";

/** Started by brevet itself, for a sign-in that has to outlive the program that asked for it: some give up after a minute. */
export const command = defineCommand({
  path: "sign-in run",
  description: "Reads who asks from stdin. Not for people.",
  positionals: [{ name: "IDENTITY", doc: "who", required: true }],
  flags: {},
  examples: [],
  async run({ words }, { compose, output }) {
    let told = false;
    const tell = (answer: Parameters<typeof signInAnswer>[0]): void => {
      told = true;
      output(signInAnswer(answer));
    };
    try {
      await compose.runSignIn(words["IDENTITY"] ?? "", JSON.parse(readFileSync(0, "utf8")), (prompt) => tell({ prompt }));
    } catch (cause) {
      // A caller that has the prompt already reads the outcome in the store.
      if (!(cause instanceof Fault) || told) throw cause;
      tell({ fault: cause.kept() });
    }
    return 0;
  },
});
