import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { Environment } from "../paths.ts";
import { programOutput } from "../processes/program-output.ts";
import { givenToken } from "./given-token.ts";

/** Where an administrator's token comes from, cloud by cloud. */
interface TokenSource {
  readonly cloud: string;
  /** Variables that hold the token itself; the first that is set counts. */
  readonly variables: readonly string[];
  /** The cloud's own tool, which prints one. */
  readonly command: readonly [string, ...string[]] | null;
  /** Where else one may be, when the tool gives none. */
  readonly otherwise?: () => Promise<string | null>;
  readonly signIn: string;
  /** What shows who is signed in to the cloud's tool. */
  readonly whose: string;
}

const LONGEST_SECONDS = 60;

/** An administrator's token, and how there is another one when the cloud does not take it. */
export interface AdminToken {
  readonly secret: Secret<string>;
  /** For people, by where this one came from. */
  readonly renewal: string;
  /** For people: how to see whose it is, where the cloud's tool chose that; absent for one that was given. */
  readonly whose?: string;
}

/** A token that is asked for when it is first needed, and again when the cloud takes it no more: a login server runs for months. */
export interface HeldToken {
  obtain(): Promise<AdminToken>;
  forget(): void;
}

/** Holds what `load` gives, in memory. */
export function heldToken(load: () => Promise<AdminToken>): HeldToken {
  let known: Promise<AdminToken> | null = null;
  return {
    obtain: () => {
      known ??= load();
      return known;
    },
    forget: () => {
      known = null;
    },
  };
}

/**
 * A Google administrator's access token: from `BREVET_GCP_ADMIN_TOKEN` or the file descriptor in `BREVET_GCP_ADMIN_TOKEN_FD`, from
 * `GOOGLE_OAUTH_ACCESS_TOKEN` or `CLOUDSDK_AUTH_ACCESS_TOKEN`, else from gcloud, else by Application Default Credentials, which come
 * before gcloud where `GOOGLE_APPLICATION_CREDENTIALS` names them. It is held in memory for this command only.
 *
 * @throws {Fault} `ADMIN_ABSENT`
 */
export function googleAdminToken(environment: Environment): Promise<AdminToken> {
  return adminToken(
    {
      cloud: "Google Cloud",
      variables: ["BREVET_GCP_ADMIN_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
      command: environment["GOOGLE_APPLICATION_CREDENTIALS"] ? null : ["gcloud", "auth", "print-access-token"],
      otherwise: applicationDefaultToken,
      signIn: "gcloud auth login",
      whose: "gcloud auth list",
    },
    environment,
  );
}

/**
 * An Azure administrator's access token for one resource, such as `https://storage.azure.com/`: from `variables` or the file
 * descriptors that their names with `_FD` hold, else from `az`. It is held in memory for this command only.
 *
 * @throws {Fault} `ADMIN_ABSENT`
 */
export function azureAdminToken(
  resource: string,
  environment: Environment,
  variables: readonly string[] = ["AZURE_ACCESS_TOKEN"],
): Promise<AdminToken> {
  const query = ["--query", "accessToken", "--output", "tsv"];
  return adminToken(
    {
      cloud: "Azure",
      variables,
      command: ["az", "account", "get-access-token", "--resource", resource, ...query],
      signIn: "az login",
      whose: "az account show",
    },
    environment,
  );
}

async function adminToken(source: TokenSource, environment: Environment): Promise<AdminToken> {
  for (const variable of source.variables) {
    const given = givenToken(environment, variable);
    if (given === "") continue;
    return {
      secret: tokenOf(given, source, "what the environment holds is no token"),
      renewal: `set ${environment[`${variable}_FD`] ? `${variable}_FD` : variable} to a new one`,
    };
  }
  const renewal = `sign in again: \`${source.signIn}\``;
  const program = source.command?.[0] ?? "";
  const printed = source.command === null ? null : await programOutput(source.command, environment, LONGEST_SECONDS);
  if (printed?.status === 0) {
    const whose = `\`${source.whose}\` shows whose token ${program} gave; as somebody else: \`${source.signIn}\``;
    return { secret: tokenOf(printed.stdout.trim(), source, `${program} printed no token`), renewal, whose };
  }
  const other = (await source.otherwise?.()) ?? null;
  if (other !== null) return { secret: tokenOf(other, source, "what was found is no token"), renewal };
  if (source.command === null) throw absent(source, "what GOOGLE_APPLICATION_CREDENTIALS names gives no token");
  if (printed !== null) throw absent(source, `${program} gives no token`);
  throw absent(source, `${program} is not on this machine`, program);
}

function tokenOf(text: string, source: TokenSource, otherwise: string): Secret<string> {
  if (/^[\x21-\x7e]{1,16384}$/.test(text)) return new Secret("administrator's token", text);
  throw absent(source, otherwise);
}

/** @returns null where there are none: Google's library says it in many words. */
async function applicationDefaultToken(): Promise<string | null> {
  const { GoogleAuth } = await import("google-auth-library");
  try {
    return (await new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" }).getAccessToken()) ?? null;
  } catch {
    return null;
  }
}

/** @param missing the cloud's own tool, where it is not on this machine. */
function absent({ cloud, variables, signIn }: TokenSource, reason: string, missing: string | null = null): Fault {
  const how = missing === null ? `sign in: \`${signIn}\`` : `install \`${missing}\` and sign in: \`${signIn}\``;
  return new Fault("ADMIN_ABSENT", `no administrator of ${cloud} is signed in here: ${reason}`, {
    hints: [how, `or set ${variables[0]} to an access token`],
  });
}
