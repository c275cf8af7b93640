import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { Environment } from "../../platform/paths.ts";
import type { SigningKeys } from "../../wire/aws-sts/sign.ts";
import { askService, textMember } from "./ask.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * The keys of the role that AWS gave to the program's surroundings: the environment's, the container's, the machine's, in this
 * order. Profiles and config files are never looked at: a profile that runs brevet would end in a loop.
 *
 * @see AWS SDKs and Tools Reference Guide, "Container credential provider", "IMDS credential provider"
 */

/** The addresses that a container may be told without TLS: those of ECS and of EKS Pod Identity, and the machine's own. */
const MACHINE_ADDRESS = "http://169.254.169.254";
const ECS_ADDRESS = "http://169.254.170.2";
const HINTS = ["see which role the task, the pod or the machine has"];

/** Where a container asks for the keys of its role; null when nothing says so. */
export function containerAddress(environment: Environment): string | null {
  const relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  if (relative) return ECS_ADDRESS + relative;
  return environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] || null;
}

/** @throws {Fault} `AMBIENT_ABSENT`, `AMBIENT_REFUSED`, `RESPONSE_INVALID`; what Http raises. */
export async function ambientAwsKeys(surroundings: Surroundings): Promise<SigningKeys> {
  const { environment } = surroundings;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  if (accessKeyId && secret) return keysOf(accessKeyId, secret, token || null);
  const address = containerAddress(environment);
  return address === null ? machineKeys(surroundings) : containerKeys(address, surroundings);
}

async function containerKeys(url: string, surroundings: Surroundings): Promise<SigningKeys> {
  const { environment, readFile } = surroundings;
  const file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  // A new line at the end of the file would be one in the header.
  const authorization = file ? readFile(file)?.trim() : environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  const headers = { accept: "application/json", ...(authorization ? { authorization } : {}) };
  const { body } = await askService("the container's endpoint", { method: "GET", url, headers }, HINTS, surroundings);
  return jsonKeys(body);
}

/** Version 2 only: version 1 hands keys to whoever can make the machine fetch a URL. */
async function machineKeys(surroundings: Surroundings): Promise<SigningKeys> {
  const address = surroundings.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] || MACHINE_ADDRESS;
  const base = `${address.replace(/\/$/, "")}/latest`;
  const title = "the metadata service of EC2";
  const ask = async (method: "GET" | "PUT", path: string, headers: Readonly<Record<string, string>>): Promise<string> =>
    (await askService(title, { method, url: `${base}/${path}`, headers }, HINTS, surroundings)).body.trim();
  const token = await ask("PUT", "api/token", { "x-aws-ec2-metadata-token-ttl-seconds": "60" });
  const headers = { "x-aws-ec2-metadata-token": token };
  const folder = "meta-data/iam/security-credentials/";
  const role = (await ask("GET", folder, headers)).split("\n")[0] ?? "";
  if (!/^[\w+=,.@-]{1,64}$/.test(role)) throw new Fault("AMBIENT_ABSENT", "this machine has no AWS role", { hints: HINTS });
  return jsonKeys(await ask("GET", folder + role, headers));
}

function jsonKeys(body: string): SigningKeys {
  const member = (name: string): string => textMember("AWS", body, name);
  return keysOf(member("AccessKeyId"), member("SecretAccessKey"), member("Token"));
}

function keysOf(accessKeyId: string, secret: string, token: string | null): SigningKeys {
  return {
    accessKeyId,
    secretAccessKey: new Secret("secret access key", secret),
    sessionToken: token === null ? null : new Secret("session token", token),
  };
}
