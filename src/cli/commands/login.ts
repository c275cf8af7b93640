import type { SignInWay } from "../../core/session.ts";
import { formatUtc } from "../../core/time.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "login",
  summary: "sign a person in, where an identity asks for that",
  description: [
    "Opens a page in the browser, and keeps the session that the provider gives, sealed. It is renewed without you as long as the",
    "provider allows. A device identity is proven by its own key, so there is nothing to sign in to.",
  ].join("\n"),
  positionals: [{ name: "IDENTITY", doc: "who; default: the only identity", required: false }],
  flags: {
    way: {
      kind: "text",
      value: "WAY",
      choices: ["browser", "device", "paste"],
      doc: "a browser here, a code on another device, or an address brought back; default: what is possible",
    },
    browser: { kind: "text", value: "PROGRAM", doc: "the browser to open; default: the config's, $BROWSER, else the system's" },
    json: { kind: "switch", doc: "print who is signed in as JSON" },
  },
  examples: [
    { line: "brevet login work", does: "sign in as the identity work" },
    { line: "brevet login work --way device", does: "by a code that is typed on another device, over SSH for example" },
  ],
  async run({ flags, words }, { compose, terminal, output }) {
    const { entry, session } = await compose.session(words["IDENTITY"], {
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
      output(`${JSON.stringify(report, null, 2)}\n`);
    }
    return 0;
  },
});
