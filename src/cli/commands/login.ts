import { Fault } from "../../core/fault.ts";
import { defineCommand } from "../command.ts";
import { selectIdentity } from "../select.ts";

export const command = defineCommand({
  path: "login",
  summary: "sign a person in, where an identity asks for that",
  description: "A device identity is proven by its own key, so there is nothing to sign in to.",
  positionals: [{ name: "IDENTITY", doc: "who; default: the only identity", required: false }],
  flags: {},
  examples: [{ line: "brevet login work", does: "sign in as the identity work" }],
  async run({ words }, { compose, terminal }) {
    const entry = selectIdentity(compose.config(), words["IDENTITY"]);
    if (entry.kind !== "device") throw new Fault("KIND_UNKNOWN", `there is no sign-in for an identity of kind "${entry.kind}"`);
    terminal.say(`${entry.name} is this device: its key proves it, and there is nothing to sign in to`);
    return 0;
  },
});
