import { defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "cache clear",
  summary: "forget all cached credentials",
  description: "Sessions and keys stay. The next call makes a new exchange.",
  flags: {},
  examples: [{ line: "brevet cache clear", does: "forget them" }],
  async run(_given, { compose, terminal }) {
    const store = await compose.store();
    const names = await store.list("credentials");
    for (const name of names) await store.remove("credentials", name);
    terminal.say(names.length === 0 ? "nothing was cached" : `forgot ${names.length} cached credentials`);
    return 0;
  },
});
