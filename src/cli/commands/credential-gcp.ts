import { Fault } from "../../core/fault.ts";
import { handOutHint } from "../../core/hand-out-hint.ts";
import type { Environment } from "../../platform/paths.ts";
import type { ExchangeKey } from "../../wire/brevet-config/config.ts";
import { ID_TOKEN_TYPE, JWT_TYPE } from "../../wire/oauth/names.ts";
import { type Context, defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "credential gcp",
  description: [
    "Prints the JSON that gcloud and Google's libraries read from an executable-sourced credential: the token that they exchange",
    "at Google's STS by themselves. What goes wrong is told in that JSON, with exit status 0; stderr stays empty, because the",
    "libraries read it as a part of the answer. The variables GOOGLE_EXTERNAL_ACCOUNT_* are honoured.",
  ].join("\n"),
  flags: {
    profile: { kind: "text", value: "NAME", short: "p", doc: "the profile; default: $BREVET_PROFILE, else the only one" },
  },
  examples: [
    { line: "brevet credential gcp --profile dev", does: "as `credential_source.executable.command` in a credential file" },
  ],
  async run({ flags }, context) {
    const interactive = context.environment["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] === "1";
    // Everything but a person's own terminal reads stderr as a part of the answer.
    if (!interactive) context.terminal.silence();
    try {
      return await answer(flags.profile, interactive, context);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      context.output(await context.compose.outlets.googleExecutableFault(cause));
      return 0;
    }
  },
});

async function answer(profile: string | undefined, interactive: boolean, context: Context): Promise<number> {
  const { compose, environment, output } = context;
  const { entry, path } = await compose.proofPath({ profile, overrides: {} });
  if (entry.exchange !== "gcp") throw noGoogleProfile(entry.name, entry.exchange);
  requireSameProvider(environment, String(entry.options["provider"]), path.name);
  const outputFile = environment["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] || null;
  if (environment["GOOGLE_EXTERNAL_ACCOUNT_REVOKE"] === "1") {
    await (await compose.store()).remove("credentials", path.cacheKey);
    if (outputFile !== null) compose.privateFiles.remove(outputFile);
    output('{"version":1,"success":true}\n');
    return 0;
  }
  const outlet = await compose.outlets.googleExecutable({ tokenType: tokenType(environment), outputFile, interactive }, output);
  const credentials = await compose.credentials(path, {
    renew: "when-stale",
    purpose: `a library of Google's asks for the profile ${path.name}`,
  });
  return outlet.deliver(credentials);
}

function noGoogleProfile(name: string, exchange: Exclude<ExchangeKey, "gcp">): Fault {
  const kind = exchange === "aws" || exchange === "azure" ? exchange : "bearer";
  const message = `the profile ${name} is one of ${exchange}, and this hands out tokens for Google Cloud`;
  return new Fault("CREDENTIALS_UNSUPPORTED", message, { hints: [handOutHint(kind, name)] });
}

/** A credential file that was copied from another profile would get a token that its provider refuses. */
function requireSameProvider(environment: Environment, provider: string, profile: string): void {
  const asked = environment["GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE"] || null;
  const plain = (name: string): string => name.replace(/^(https:)?\/\/iam\.googleapis\.com\//, "");
  if (asked === null || plain(asked) === plain(provider)) return;
  throw new Fault(
    "AUDIENCE_INVALID",
    `the credential file is for ${plain(asked)}, and the profile ${profile} for ${plain(provider)}`,
    {
      hints: ["write the file anew: `brevet setup gcp --help`"],
    },
  );
}

/** Each library compares the answer's type with the one of its own configuration, or takes one of the two alone. */
function tokenType(environment: Environment): string {
  const asked = environment["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] || ID_TOKEN_TYPE;
  if (asked === ID_TOKEN_TYPE || asked === JWT_TYPE) return asked;
  throw new Fault("ASSERTION_UNSUPPORTED", `the credential file asks for a token of the type ${asked}, and this is a JWT`, {
    hints: [`set its \`subject_token_type\` to \`${JWT_TYPE}\``],
  });
}
