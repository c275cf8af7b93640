import type { Credentials } from "../../core/credentials.ts";
import type { Check, CheckResult } from "../../flows/checks/checks.ts";
import type { ProfileEntry } from "../../wire/brevet-config/config.ts";
import type { Context } from "../command.ts";

/** A check for each profile: one new exchange, and AWS is asked whose credentials these are. */
export function profileChecks(profiles: Iterable<Pick<ProfileEntry, "name">>, context: Context): readonly Check[] {
  return [...profiles].map(({ name }) => ({
    name,
    run: async (): Promise<CheckResult> => ({
      outcome: "good",
      text: await tryProfile(name, { purpose: "brevet status --check" }, context),
    }),
  }));
}

/**
 * Makes one new exchange of a profile.
 *
 * @returns who the cloud says the caller is.
 * @throws {Fault} what stands in the way.
 */
export async function tryProfile(name: string, { purpose }: { readonly purpose: string }, { compose }: Context): Promise<string> {
  const path = await compose.profilePath({ profile: name, overrides: {} });
  const credentials = await compose.credentials(path, { renew: "now", purpose });
  if (credentials.kind !== "aws") return bearerOf(credentials);
  return (await compose.awsCaller({ profile: name, overrides: {} }, credentials)).arn;
}

/** Whom the exchange itself said that the credentials are for. */
function bearerOf(credentials: Exclude<Credentials, { kind: "aws" }>): string {
  if (credentials.kind === "gcp") return credentials.principal;
  return credentials.kind === "azure" ? credentials.clientId : credentials.audience;
}
