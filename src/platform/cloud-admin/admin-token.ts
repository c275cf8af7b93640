import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { Environment } from "../paths.ts";
import { systemErrorCode } from "../system-error.ts";

/** Where an administrator's token comes from, cloud by cloud. */
interface TokenSource {
  readonly cloud: string;
  /** Variables that hold the token itself; the first that is set counts. */
  readonly variables: readonly string[];
  /** The cloud's own tool, which prints one. */
  readonly command: readonly [string, ...string[]];
  readonly signIn: string;
}

const LONGEST_SECONDS = 60;

/** A token that is asked for when it is first needed, and again when the cloud takes it no more: a login server runs for months. */
export interface HeldToken {
  obtain(): Promise<Secret<string>>;
  forget(): void;
}

/** Holds what `load` gives, in memory. */
export function heldToken(load: () => Promise<Secret<string>>): HeldToken {
  let known: Promise<Secret<string>> | null = null;
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
 * A Google administrator's access token: from `GOOGLE_OAUTH_ACCESS_TOKEN` or `CLOUDSDK_AUTH_ACCESS_TOKEN`, else from gcloud. It is
 * held in memory for this command only.
 *
 * @throws {Fault} `ADMIN_ABSENT`
 */
export function googleAdminToken(environment: Environment): Promise<Secret<string>> {
  return adminToken(
    {
      cloud: "Google Cloud",
      variables: ["GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
      command: ["gcloud", "auth", "print-access-token"],
      signIn: "gcloud auth login",
    },
    environment,
  );
}

/**
 * An Azure administrator's access token for one resource, such as `https://storage.azure.com/`: from `AZURE_ACCESS_TOKEN`, else
 * from `az`. It is held in memory for this command only.
 *
 * @throws {Fault} `ADMIN_ABSENT`
 */
export function azureAdminToken(resource: string, environment: Environment): Promise<Secret<string>> {
  const query = ["--query", "accessToken", "--output", "tsv"];
  return adminToken(
    {
      cloud: "Azure",
      variables: ["AZURE_ACCESS_TOKEN"],
      command: ["az", "account", "get-access-token", "--resource", resource, ...query],
      signIn: "az login",
    },
    environment,
  );
}

async function adminToken(source: TokenSource, environment: Environment): Promise<Secret<string>> {
  const given = source.variables.map((name) => environment[name]?.trim() ?? "").find((value) => value !== "");
  const token = given ?? (await printedToken(source, environment)).trim();
  if (/^[\x21-\x7e]{1,16384}$/.test(token)) return new Secret("administrator's token", token);
  throw absent(source, given === undefined ? `${source.command[0]} printed no token` : "what the environment holds is no token");
}

async function printedToken(source: TokenSource, environment: Environment): Promise<string> {
  const [program, ...args] = source.command;
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      env: { ...environment },
      timeout: LONGEST_SECONDS * 1000,
      windowsHide: true,
      // Both tools are scripts on Windows, which only a shell starts; no word of a user's is among the arguments.
      shell: process.platform === "win32",
    });
    return stdout;
  } catch (cause) {
    const reason = systemErrorCode(cause) === "ENOENT" ? "is not on this machine" : "gives no token";
    throw absent(source, `${program} ${reason}`, cause);
  }
}

function absent({ cloud, variables, signIn }: TokenSource, reason: string, cause?: unknown): Fault {
  return new Fault("ADMIN_ABSENT", `no administrator of ${cloud} is signed in here: ${reason}`, {
    cause,
    hints: [`sign in: \`${signIn}\``, `or set ${variables[0]} to an access token`],
  });
}
