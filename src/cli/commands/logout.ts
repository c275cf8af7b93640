import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { type SignedOut, signOut } from "../../flows/sign-out.ts";
import type { IdentityEntry } from "../../wire/brevet-config/config.ts";
import { identityHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { type Context, defineCommand } from "../command.ts";
import { forgetPerson, requireNoProfile } from "../forget-identity.ts";
import { SESSIONS } from "../identity-kinds.ts";
import { cacheKeyPrefix } from "../resolve-profile.ts";
import { selectPerson } from "../select.ts";

export const command = defineCommand({
  path: "logout",
  description: [
    "Removes the session of the identity, the credentials that were got with it, and the unwrapped key of this login session.",
    "Of a session at a provider, the provider is told to forget it too, where it has a way to.",
    "The device's own key and the configuration stay. Credentials that a program holds already are good until they end.",
    "With --forget the identity goes too: out of the configuration, and with the keys and the secret of its client.",
  ].join("\n"),
  positionals: [
    {
      name: "IDENTITY",
      doc: "whose; default: the only identity with a sign-in, else the only identity",
      required: false,
    },
  ],
  flags: {
    all: {
      kind: "switch",
      doc: "every session and all credentials, whoever they belong to",
      excludes: ["IDENTITY", "forget"],
    },
    "end-browser-session": {
      kind: "switch",
      doc: "also open the provider's page where you end the browser's own session; without it, the next sign-in may ask nothing",
    },
    forget: { kind: "switch", doc: "also forget the identity, once nothing uses it" },
  },
  examples: [
    { line: "brevet logout", does: "of the only identity that is signed in to; without one, of the device" },
    { line: "brevet logout --all", does: "of everybody" },
    { line: "brevet logout work --forget", does: "and take the identity work out of this machine" },
  ],
  async run({ flags, words }, context) {
    const { compose, terminal } = context;
    const named = words["IDENTITY"];
    if (flags.forget && named === undefined) {
      throw new Fault("USAGE_INVALID", "--forget wants the name of the identity", {
        hints: ["run `brevet logout NAME --forget`; `brevet status` has the names"],
      });
    }
    const person = flags.all ? null : selectPerson(await compose.config(), named, SESSIONS);
    if (flags.forget && person !== null) await requireForgettable(person, context);
    const identity = person?.name ?? null;
    const input =
      identity === null
        ? { scope: "all" as const }
        : {
            scope: "identity" as const,
            session: identityHandle(identity),
            credentialPrefix: cacheKeyPrefix(identity),
          };
    const browser = flags["end-browser-session"] ? "end" : "keep";
    const ended = await endSessions(
      identity === null ? [...(await compose.config()).identities.keys()] : [identity],
      browser,
      context,
    );
    const emptied = await signOut(input, {
      store: await compose.store(),
      forgetRunKey: () => forgetRunKey(context),
      waiting: ({ pid, purpose }) => terminal.say(`waiting for process ${pid}: ${purpose}`),
    });
    terminal.say(
      `${identity ?? "all identities"}: ${account({ ...emptied, sessions: emptied.sessions + ended.sessions }, ended.signIns)}`,
    );
    if (flags.forget && person !== null) await forgetPerson(person, context);
    return 0;
  },
});

/** Before anything is emptied. @throws {Fault} `USAGE_INVALID`, `IDENTITY_IN_USE` */
async function requireForgettable({ name, kind }: IdentityEntry, context: Context): Promise<void> {
  if (!Object.hasOwn(SESSIONS, kind)) {
    throw new Fault("USAGE_INVALID", `nobody signs in as ${name}, which is of kind ${kind}`, {
      hints: kind === "device" ? [`with its key: \`${shellCommand`brevet issuer revoke ${name} --forget`}\``] : [],
    });
  }
  await requireNoProfile(name, `to end its session alone: \`${shellCommand`brevet logout ${name}`}\``, context);
}

const NO_PAGE = "the provider names no page that ends it, or no browser could be opened";

/**
 * Ends sessions at their providers. Whatever hinders that is said, and the session is forgotten here all the same.
 *
 * @returns how many there were, and how many sign-ins that waited.
 */
async function endSessions(names: readonly string[], browser: "keep" | "end", { compose, terminal }: Context) {
  const ended = { sessions: 0, signIns: 0 };
  for (const name of names) {
    try {
      const { session } = await compose.session(name);
      const outcome = await session?.signOut(browser);
      if (outcome?.removed) ended.sessions += 1;
      if (outcome?.gaveUp) ended.signIns += 1;
      if (outcome?.removed && outcome.revoked) terminal.say(`${name}: the provider has forgotten the session too`);
      if (outcome?.browserOpened) terminal.say(`${name}: the provider's page is open in the browser; sign out there`);
      else if (outcome?.removed && browser === "end") terminal.warn(`${name}: the browser keeps its session: ${NO_PAGE}`);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      terminal.warn(`${name}: ${cause.message}`);
    }
  }
  return ended;
}

async function forgetRunKey({ compose }: Context): Promise<boolean> {
  const runKey = await compose.runKey();
  const wasThere = runKey.describe().state === "present";
  runKey.remove();
  return wasThere;
}

function account({ sessions, credentials, runKey }: SignedOut, signIns: number): string {
  const parts = [
    ...(signIns > 0 ? [counted(signIns, "waiting sign-in")] : []),
    ...(sessions > 0 ? [counted(sessions, "session")] : []),
    ...(credentials > 0 ? [counted(credentials, "cached credential")] : []),
    ...(runKey ? ["the key of this login session"] : []),
  ];
  return parts.length === 0 ? "there was nothing to remove" : `removed ${parts.join(", ")}`;
}
