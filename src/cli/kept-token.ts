import { join } from "node:path";
import type { BearerCredentials, Credentials } from "../core/credentials.ts";
import { Fault } from "../core/fault.ts";
import { encodeGoogleCredentialFile } from "../wire/google/credential-file.ts";
import type { Context } from "./command.ts";
import type { Outlets } from "./kinds.ts";
import type { ProfileSelection } from "./resolve-profile.ts";

type KeepWish = NonNullable<Parameters<Outlets["exec"]>[0]["keep"]>;

/**
 * The token that a program's libraries redeem by themselves, kept fresh while it runs; null for credentials that serve as they
 * are. Libraries of Azure and of Google read no access token from the environment: they take files.
 */
export async function keptToken(
  credentials: Credentials,
  selection: ProfileSelection,
  context: Context,
): Promise<KeepWish | null> {
  if (credentials.kind !== "azure" && credentials.kind !== "gcp") return null;
  const { compose, paths } = context;
  const { entry, path } = await compose.proofPath(selection);
  const wish = {
    // The one folder in which a token lies in clear; where the system has none in memory, it is on disk for as long.
    folder: join(paths.runtimeFolder ?? paths.cacheFolder, "exec"),
    async token(): Promise<BearerCredentials> {
      const token = await compose.credentials(path, { renew: "now", purpose: `exec keeps the token of ${entry.name} fresh` });
      if (token.kind === "bearer") return token;
      throw new Fault("CREDENTIALS_UNSUPPORTED", `${token.kind} credentials are no token for a file`);
    },
  };
  if (credentials.kind === "azure") return { ...wish, variables: azureVariables };
  const settings = await compose.gcpSettings(entry.name, entry.options);
  return {
    ...wish,
    document: (file) => encodeGoogleCredentialFile({ ...settings, source: { kind: "file", file } }),
    variables: (file) => ({ GOOGLE_APPLICATION_CREDENTIALS: `${file}.json` }),
  };
}

function azureVariables(file: string): Readonly<Record<string, string>> {
  return { AZURE_FEDERATED_TOKEN_FILE: file, ARM_OIDC_TOKEN_FILE_PATH: file, ARM_USE_OIDC: "true" };
}
