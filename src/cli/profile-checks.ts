import type { Credentials } from "../core/credentials.ts";
import { Fault } from "../core/fault.ts";
import type { Check, CheckResult } from "../flows/checks.ts";
import type { ProfileEntry } from "../wire/brevet-config/config.ts";
import type { Context } from "./command.ts";

/** The exchanges whose refusals `brevet explain` lays open. */
export const EXPLAINED_EXCHANGES = ["aws", "gcp", "azure"] as const;

/** A check for each profile: one new exchange, and AWS is asked whose credentials these are. */
export async function profileChecks(context: Context): Promise<readonly Check[]> {
  const { profiles } = await context.compose.config();
  return [...profiles.values()].map((entry) => ({
    name: entry.name,
    run: async (): Promise<CheckResult> => ({
      outcome: "good",
      text: await tryProfile(entry, { purpose: "brevet status --check" }, context),
    }),
  }));
}

/**
 * Makes one new exchange of a profile.
 *
 * @returns whom the cloud takes the credentials for.
 * @throws {Fault} what stands in the way; a refusal names the command that explains it.
 */
export async function tryProfile(
  { name, exchange }: Pick<ProfileEntry, "name" | "exchange">,
  { purpose }: { readonly purpose: string },
  { compose }: Context,
): Promise<string> {
  try {
    const path = await compose.profilePath({ profile: name, overrides: {} });
    const credentials = await compose.credentials(path, { renew: "now", purpose });
    if (credentials.kind !== "aws") return bearerOf(credentials);
    return (await compose.awsCaller({ profile: name, overrides: {} }, credentials)).arn;
  } catch (cause) {
    const isExplained = EXPLAINED_EXCHANGES.some((one) => one === exchange);
    if (!isExplained || !(cause instanceof Fault) || cause.code !== "EXCHANGE_REFUSED") throw cause;
    // What a cloud says of a refusal helps nobody; `explain` does.
    throw cause.told({ hints: [`\`brevet explain ${name}\` says why`, ...cause.hints] });
  }
}

/** Whom the exchange itself said that the credentials are for. */
function bearerOf(credentials: Exclude<Credentials, { kind: "aws" }>): string {
  if (credentials.kind === "gcp") return credentials.principal;
  return credentials.kind === "azure" ? credentials.clientId : credentials.audience;
}
