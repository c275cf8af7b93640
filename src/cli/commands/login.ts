import { nearest } from "../../core/nearest.ts";
import type { SignInWay } from "../../core/session.ts";
import { SIGN_IN_WAYS } from "../../core/session.ts";
import { formatUtc } from "../../core/time.ts";
import { joinServer } from "../../flows/join-server.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { parseLoginServerUrl } from "../../wire/brevet-api/server-url.ts";
import { addIdentity } from "../add-identity.ts";
import { type Context, defineCommand } from "../command.ts";
import { signerCandidates } from "../device/signer-choice.ts";
import { STORE_FLAG } from "../flags/store-flag.ts";
import { loginServerKey } from "../session-provider.ts";
import { settleGuard } from "../settle-guard.ts";

export const command = defineCommand({
  path: "login",
  description: [
    "Opens a page in the browser, and keeps the session that the provider gives, sealed. It is renewed without you as long as the",
    "provider allows. A device identity is proven by its own key, so there is nothing to sign in to.",
  ].join("\n"),
  positionals: [
    {
      name: "IDENTITY",
      doc: "who, or the URL of a login server, which is added to the config; default: the only identity",
      required: false,
    },
  ],
  flags: {
    store: STORE_FLAG,
    way: {
      kind: "text",
      value: "WAY",
      choices: SIGN_IN_WAYS,
      doc: "a browser here, a code on another device, or an address brought back; default: what is possible",
    },
    browser: { kind: "text", value: "PROGRAM", doc: "the browser to open; default: the config's, $BROWSER, else the system's" },
    json: { kind: "switch", doc: "print who is signed in as JSON" },
  },
  examples: [
    { line: "brevet login https://id.example.com", does: "at your team's login server, for the first time" },
    { line: "brevet login work", does: "sign in as the identity work" },
    { line: "brevet login work --way device", does: "by a code that is typed on another device, over SSH for example" },
  ],
  async run({ flags, words }, context) {
    const { compose, terminal, output } = context;
    if (flags.store !== undefined) compose.askForGuard(flags.store);
    const identity = await identityOf(words["IDENTITY"], flags.store, context);
    if (flags.store !== undefined) await settleGuard(flags.store, identity, context);
    const { entry, session } = await compose.session(identity, {
      ...(flags.way === undefined ? {} : { way: flags.way as SignInWay }),
      ...(flags.browser === undefined ? {} : { browser: flags.browser }),
    });
    if (session === null) {
      terminal.say(`${entry.name} is this device: its key proves it, and there is nothing to sign in to`);
      return 0;
    }
    await session.signIn();
    const signedIn = await session.describe();
    if (signedIn === null) return 0;
    const { issuer, subject, label, idTokenExpiresAt, renewable } = signedIn;
    terminal.say(`${entry.name}: signed in as ${label ?? subject}`);
    if (!renewable) terminal.say("the provider gave no refresh token, so this session ends with its ID token");
    if (flags.json) {
      const report = { identity: entry.name, issuer, subject, label, idTokenExpiresAt: formatUtc(idTokenExpiresAt), renewable };
      output(jsonPage(report));
    }
    return 0;
  },
});

/** A URL, or a host that somebody took for one: identities are named after hosts too. */
function isServer(word: string, identities: readonly string[]): boolean {
  return /^https?:/.test(word) || (/[.:]/.test(word) && nearest(word, identities) === null);
}

/** The URL of a login server becomes an identity, once. */
async function identityOf(word: string | undefined, guard: string | undefined, context: Context): Promise<string | undefined> {
  const { compose, terminal } = context;
  if (word === undefined || !isServer(word, [...(await compose.config()).identities.keys()])) return word;
  const url = parseLoginServerUrl(word, "the argument");
  const identities = async () => (await compose.config()).identities;
  const name = await joinServer(url, {
    http: await compose.http(),
    signers: () => signerCandidates(context, {}),
    identities: {
      has: async (name) => (await identities()).has(name),
      add: (name, identity) => addIdentity(context, name, { identity, guard }),
    },
    makeKey: loginServerKey,
    async identityAt(wanted) {
      const at = [...(await identities()).values()].find(({ kind, options }) => kind === "server" && options["url"] === wanted);
      return at?.name ?? null;
    },
    notices: terminal,
  });
  compose.reread();
  return name;
}
