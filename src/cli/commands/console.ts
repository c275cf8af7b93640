import { Fault } from "../../core/fault.ts";
import { posixWord } from "../../core/posix-word.ts";
import { parseDuration } from "../../core/time.ts";
import { SESSION_SECONDS } from "../../wire/aws-console/federation.ts";
import { defineCommand } from "../command.ts";
import { awsFlags, awsSelection } from "../flags/aws-flags.ts";

export const command = defineCommand({
  path: "console",
  description: [
    "The credentials are traded for an address that signs whoever opens it in, for 15 minutes. The browser is led to it by a page of",
    "this machine that leads on once, and on Linux nobody but you; --print writes it to stdout instead. The console stays signed in as",
    "long as the credentials live, which those in the cache have done for a while: --renew gets others. A browser that is signed in",
    "already may have you sign out first.",
  ].join("\n"),
  positionals: [{ name: "PROFILE", doc: "the profile; default: $BREVET_PROFILE, else the only one", required: false }],
  flags: {
    ...awsFlags,
    destination: {
      kind: "text",
      value: "PAGE",
      doc: "the page to land on: its path, as s3/home, or its whole address; default: the console's first",
    },
    for: {
      kind: "text",
      value: "TIME",
      doc: "how long the console stays signed in, 15m to 12h, whenever the credentials end; not by role chaining",
    },
    browser: { kind: "text", value: "PROGRAM", doc: "the browser to open; default: $BROWSER, else the system's" },
    print: {
      kind: "switch",
      doc: "print the address in place of opening it: whoever has it is signed in",
      excludes: ["browser"],
    },
  },
  examples: [
    { line: "brevet console dev", does: "the console as the role of the profile dev" },
    { line: "brevet console dev --destination s3/home", does: "its page of S3" },
    { line: "brevet console dev --for 8h", does: "for a working day, where the role allows sessions of 8 hours" },
    { line: "brevet console dev --print", does: "an address for a browser elsewhere, or for a private window" },
  ],
  async run({ flags, words }, { compose, output, environment }) {
    const selection = awsSelection(flags, words["PROFILE"]);
    const sessionSeconds = flags.for === undefined ? null : parseDuration(flags.for, { ...SESSION_SECONDS, where: "--for" });
    compose.waitForPerson();
    const profile = await compose.profilePath(selection);
    if (sessionSeconds !== null && profile.source.kind === "via") {
      throw new Fault(
        "DURATION_INVALID",
        `${profile.name} goes via another profile, and AWS prolongs no session of a chained role`,
        {
          hints: [`leave --for out: \`brevet console ${posixWord(profile.name)} --renew\` lasts an hour`],
        },
      );
    }
    const purpose = `console asks for the profile ${profile.name}`;
    const credentials = await compose.credentials(profile, { renew: flags.renew ? "now" : "when-stale", purpose });
    const wish = {
      profile: profile.name,
      destination: flags.destination ?? null,
      sessionSeconds,
      print: flags.print,
      environment,
    };
    const outlet = await compose.outlets.console(wish, { browser: flags.browser ?? null, output, http: () => compose.http() });
    return outlet.deliver(credentials);
  },
});
