import { forgetCredentials } from "../../flows/get-credentials.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "cache clear",
  summary: "forget all cached credentials",
  description: "Sessions and keys stay. The next call makes a new exchange.",
  flags: {},
  examples: [{ line: "brevet cache clear", does: "forget them" }],
  async run(_given, { compose, terminal }) {
    const forgotten = await forgetCredentials(await compose.store());
    terminal.say(forgotten === 0 ? "nothing was cached" : `forgot ${forgotten} cached credentials`);
    return 0;
  },
});
