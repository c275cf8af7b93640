import { counted } from "../../core/counted.ts";
import type { LockHolder } from "../../core/store.ts";
import { forgetCredentials, forgetLateCredentials } from "../../flows/forget-credentials.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "cache clear",
  description: "Sessions and keys stay. Calls that are under way are waited for, so that the next one makes a new exchange.",
  flags: {},
  examples: [{ line: "brevet cache clear", does: "forget them" }],
  async run(_given, { compose, terminal }) {
    const store = await compose.store();
    const waiting = ({ pid, purpose }: LockHolder): void => terminal.say(`waiting for process ${pid}: ${purpose}`);
    const atOnce = await forgetCredentials(store);
    const forgotten = atOnce + (await forgetLateCredentials({ prefix: "", purpose: "clears the cache" }, { store, waiting }));
    terminal.say(forgotten === 0 ? "nothing was cached" : `forgot ${counted(forgotten, "cached credential")}`);
    return 0;
  },
});
