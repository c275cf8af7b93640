import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BearerCredentials, Credentials } from "../core/credentials.ts";
import { Fault } from "../core/fault.ts";
import { awsFiles } from "../platform/aws-files.ts";
import { readPlainText } from "../platform/plain-file.ts";
import {
  containerEnvironment,
  encodeContainerCredentials,
  encodeContainerFault,
} from "../wire/aws-config/container-credentials.ts";
import { ownCredentialsOfDefault } from "../wire/aws-config/credential-keys.ts";
import type { EnvironmentChange } from "../wire/aws-config/environment.ts";
import { environmentOf } from "../wire/environment.ts";
import { encodeGoogleCredentialFile, encodeGoogleToken } from "../wire/google/credential-file.ts";
import { suppliedGoogleEnvironment } from "../wire/google/environment.ts";
import type { Context } from "./command.ts";
import type { Outlets } from "./kinds.ts";
import type { ProfileSelection } from "./resolve-profile.ts";

type SupplyWish = NonNullable<Parameters<Outlets["exec"]>[0]["supply"]>;
type FileWish = Extract<SupplyWish, { kind: "file" }>;
type ServerWish = Extract<SupplyWish, { kind: "server" }>;

/**
 * How the libraries of a program under `exec` get fresh credentials; undefined where those in the environment are enough.
 *
 * @param isServed whether a person asked for credentials at an address instead of in the environment.
 * @throws {Fault} `USAGE_INVALID`, `CREDENTIALS_SHADOWED`
 */
export async function programSupply(
  selection: ProfileSelection,
  isServed: boolean,
  context: Context,
): Promise<SupplyWish | undefined> {
  const { exchange } = (await context.compose.proofPath(selection)).entry;
  if (exchange === "aws") return isServed ? servedAws(selection, context) : undefined;
  if (exchange === "gcp") return isServed ? servedGoogleToken(selection, context) : keptGoogleToken(selection, context);
  if (isServed) throw notServed(exchange);
  return exchange === "azure" ? keptAzureToken(selection, context) : undefined;
}

function notServed(exchange: string): Fault {
  const hints = exchange === "azure" ? ["leave --serve out: the token for Azure's libraries is kept fresh in a file"] : [];
  return new Fault(
    "USAGE_INVALID",
    `--serve is for AWS and Google Cloud: no library asks an address for a token of ${exchange}`,
    { hints },
  );
}

/** Where the system has no folder in memory, what is in it is on disk for as long. */
function runFolder({ paths }: Context): string {
  return join(paths.runtimeFolder ?? paths.cacheFolder, "exec");
}

async function servedAws(selection: ProfileSelection, context: Context): Promise<ServerWish> {
  refuseShadows(context);
  const { compose } = context;
  const path = await compose.profilePath(selection);
  return {
    kind: "server",
    folder: runFolder(context),
    credentials: () => compose.credentials(path, { renew: "when-stale", purpose: `a program under exec asks for ${path.name}` }),
    encode: (credentials) => encodeContainerCredentials(only("aws", credentials)),
    encodeFault: encodeContainerFault,
    renewAhead: true,
    environment: (credentials, { url, authorization }) => containerEnvironment(only("aws", credentials), url, authorization),
  };
}

/** A program that became somebody else in silence would be worse than one that does not start. */
function refuseShadows({ environment }: Context): void {
  const { config, credentials } = awsFiles(environment);
  const files = [
    { file: config, form: "config" },
    { file: credentials, form: "credentials" },
  ] as const;
  for (const { file, form } of files) {
    const key = existsSync(file) ? ownCredentialsOfDefault(readPlainText(file), file, form) : null;
    if (key === null) continue;
    throw new Fault(
      "CREDENTIALS_SHADOWED",
      `${key.name} in line ${key.firstLine + 1} of ${file} gives the profile default credentials, and AWS's libraries take those before they ask an address`,
      {
        hints: [
          "leave --serve out: keys in the environment come first",
          "or have the program read neither file: set AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE to the path of an empty file",
        ],
        details: { file, key: key.name },
      },
    );
  }
}

/** The tokens that libraries redeem by themselves. */
async function proofOf(selection: ProfileSelection, renew: "now" | "when-stale", { compose }: Context) {
  const { entry, path } = await compose.proofPath(selection);
  const purpose = `a program under exec asks for the token of ${entry.name}`;
  const token = async (): Promise<BearerCredentials> => only("bearer", await compose.credentials(path, { renew, purpose }));
  return { entry, token };
}

async function keptAzureToken(selection: ProfileSelection, context: Context): Promise<FileWish> {
  const { token } = await proofOf(selection, "now", context);
  return {
    kind: "file",
    folder: runFolder(context),
    token,
    environment: (credentials, { token: file }) =>
      withVariables(environmentOf(credentials), {
        AZURE_FEDERATED_TOKEN_FILE: file,
        ARM_OIDC_TOKEN_FILE_PATH: file,
        ARM_USE_OIDC: "true",
      }),
  };
}

/** What Google's libraries redeem, and where. */
async function googleProof(selection: ProfileSelection, renew: "now" | "when-stale", context: Context) {
  const { entry, token } = await proofOf(selection, renew, context);
  return { token, settings: await context.compose.gcpSettings(entry.options, entry.block) };
}

async function keptGoogleToken(selection: ProfileSelection, context: Context): Promise<FileWish> {
  const { token, settings } = await googleProof(selection, "now", context);
  return {
    kind: "file",
    folder: runFolder(context),
    token,
    document: (file) => encodeGoogleCredentialFile({ ...settings, source: { kind: "file", file } }),
    environment: (credentials, { document }) =>
      withVariables(environmentOf(credentials), { GOOGLE_APPLICATION_CREDENTIALS: document }),
  };
}

async function servedGoogleToken(selection: ProfileSelection, context: Context): Promise<ServerWish> {
  const { token, settings } = await googleProof(selection, "when-stale", context);
  return {
    kind: "server",
    folder: runFolder(context),
    credentials: token,
    encode: (credentials) => encodeGoogleToken(only("bearer", credentials).token),
    encodeFault: encodeContainerFault,
    // What is in the cache is an access token, and a library asks for the token behind it once an hour.
    renewAhead: false,
    document: (place) => encodeGoogleCredentialFile({ ...settings, source: { kind: "url", ...place } }),
    environment: (credentials, _, document) => suppliedGoogleEnvironment(only("gcp", credentials), document),
  };
}

function withVariables({ set, unset }: EnvironmentChange, added: Readonly<Record<string, string>>): EnvironmentChange {
  return { set: { ...set, ...added }, unset };
}

function only<Kind extends Credentials["kind"]>(kind: Kind, credentials: Credentials): Extract<Credentials, { kind: Kind }> {
  if (credentials.kind === kind) return credentials as Extract<Credentials, { kind: Kind }>;
  throw new Fault("CREDENTIALS_UNSUPPORTED", `${credentials.kind} credentials came where ${kind} ones are needed`);
}
