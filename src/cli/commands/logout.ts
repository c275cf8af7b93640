import { Fault } from "../../core/fault.ts";
import { type SignedOut, signOut } from "../../flows/sign-out.ts";
import { identityHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { type Context, defineCommand } from "../command.ts";
import { cacheKeyPrefix } from "../resolve-profile.ts";
import { selectIdentity } from "../select.ts";

export const command = defineCommand({
  path: "logout",
  summary: "empty what signing in and getting credentials left here",
  description: [
    "Removes the session of the identity, the credentials that were got with it, and the unwrapped key of this login session.",
    "The device's own key and the configuration stay. Credentials that a program holds already are good until they end.",
  ].join("\n"),
  positionals: [{ name: "IDENTITY", doc: "whose traces; default: the only identity's", required: false }],
  flags: { all: { kind: "switch", doc: "every session and all credentials, whoever they belong to" } },
  examples: [
    { line: "brevet logout", does: "of the only identity" },
    { line: "brevet logout --all", does: "of everybody" },
  ],
  async run({ flags, words }, context) {
    const { compose, terminal } = context;
    const named = words["IDENTITY"];
    if (flags.all && named !== undefined) {
      throw new Fault("USAGE_INVALID", `--all empties what every identity left, so "${named}" says too little or too much`, {
        hints: [`run \`brevet logout ${named}\` or \`brevet logout --all\``],
      });
    }
    const identity = flags.all ? null : selectIdentity(await compose.config(), named).name;
    const input =
      identity === null
        ? { scope: "all" as const }
        : {
            scope: "identity" as const,
            session: identityHandle(identity),
            credentialPrefix: cacheKeyPrefix(identity),
          };
    const emptied = await signOut(input, {
      store: await compose.store(),
      forgetRunKey: () => forgetRunKey(context),
      waiting: ({ pid, purpose }) => terminal.say(`waiting for process ${pid}: ${purpose}`),
    });
    terminal.say(`${identity ?? "everybody"}: ${account(emptied)}`);
    return 0;
  },
});

async function forgetRunKey({ compose }: Context): Promise<boolean> {
  const runKey = await compose.runKey();
  const wasThere = runKey.describe().state === "present";
  runKey.remove();
  return wasThere;
}

function account({ sessions, credentials, runKey }: SignedOut): string {
  const parts = [
    ...(sessions > 0 ? [`${sessions} ${sessions === 1 ? "session" : "sessions"}`] : []),
    ...(credentials > 0 ? [`${credentials} cached ${credentials === 1 ? "credential" : "credentials"}`] : []),
    ...(runKey ? ["the key of this login session"] : []),
  ];
  return parts.length === 0 ? "nothing was left to empty" : `removed ${parts.join(", ")}`;
}
