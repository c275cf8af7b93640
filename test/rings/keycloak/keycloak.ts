import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mavenTool } from "../../../scripts/test/ring-tools.ts";
import type { Http } from "../../../src/core/http.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { freePort } from "../../free-port.ts";

/** A real Keycloak in development mode: on 127.0.0.1 alone, with its data in memory, under the name and the certificate that it is given. */
export interface Keycloak {
  readonly port: number;
  readonly issuer: string;
  /** What an administrator of AWS gives to IAM as the SAML provider's metadata. */
  samlMetadata(): Promise<string>;
  close(): Promise<void>;
}

export const REALM = "dev";
export const SAML_CLIENT = "urn:amazon:webservices";
const ADMIN = { username: "admin", password: "of-this-run-alone" };
/** The first start on a machine builds it anew, which took 42 s on a quick one. */
const START_SECONDS = 600;

export interface KeycloakWishes {
  /** `keycloak.example` */
  readonly host: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  /** A PEM file of who signed it. */
  readonly caFile: string;
  /** A folder for its certificate. */
  readonly folder: string;
}

/**
 * Development mode opens the port of plain HTTP whatever it is told, and 8080 is often taken.
 *
 * Starts it, makes the realm of `realm.json`, and lets the client `brevet` exchange tokens for AWS's client.
 */
export async function startKeycloak({ host, certificate, caFile, folder }: KeycloakWishes): Promise<Keycloak> {
  const [port, plainPort] = [await freePort(), await freePort()];
  const [cert, key] = [join(folder, "keycloak-cert.pem"), join(folder, "keycloak-key.pem")];
  writeFileSync(cert, certificate.cert);
  writeFileSync(key, certificate.key, { mode: 0o600 });
  const child = spawn(join(distribution(), "bin/kc.sh"), [...startArguments(host, port, cert, key), `--http-port=${plainPort}`], {
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      JAVA_OPTS_APPEND: "-Xmx640m -XX:TieredStopAtLevel=1",
      ...bootstrapVariables(),
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  const listening = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Keycloak did not start within ${START_SECONDS} s:\n${said}`)),
      START_SECONDS * 1000,
    );
    const read = (text: string): void => {
      said += text;
      if (/Listening on:/.test(said)) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("exit", (code) => reject(new Error(`Keycloak ended with ${code}:\n${said}`)));
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.pid === undefined) return resolve();
      child.removeAllListeners("exit").once("exit", () => resolve());
      process.kill(-child.pid, "SIGKILL");
    });
  try {
    await listening;
    const base = `https://${host}`;
    const http = createHttp({ environment: {}, caFile, resolve: [{ host, port: 443, address: "127.0.0.1", addressPort: port }] });
    await setUp(http, base);
    const descriptor = `${base}/realms/${REALM}/protocol/saml/descriptor`;
    return {
      port,
      issuer: `${base}/realms/${REALM}`,
      samlMetadata: async () => (await http({ method: "GET", url: descriptor })).body,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function distribution(): string {
  const rings = JSON.parse(readFileSync(join(import.meta.dirname, "../../rings.json"), "utf8")) as readonly {
    readonly name: string;
    readonly mavenArtifacts?: readonly string[];
  }[];
  const [artifact = ""] = rings.find(({ name }) => name === "keycloak")?.mavenArtifacts ?? [];
  const folder = mavenTool(artifact);
  return join(folder, readdirSync(folder).find((name) => name.startsWith("keycloak-")) ?? "");
}

function bootstrapVariables() {
  return { KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username, KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password };
}

function startArguments(host: string, port: number, cert: string, key: string): readonly string[] {
  return [
    "start-dev",
    "--db=dev-mem",
    "--http-host=127.0.0.1",
    `--https-port=${port}`,
    `--https-certificate-file=${cert}`,
    `--https-certificate-key-file=${key}`,
    `--hostname=https://${host}`,
    // The legacy token exchange gives SAML assertions; the standard one (version 2) does not. Its permissions need version 1, too.
    "--features=token-exchange:v1,admin-fine-grained-authz:v1",
  ];
}

/** The realm, and the permission that no realm file can carry, because it names ids that Keycloak makes. */
async function setUp(http: Http, base: string): Promise<void> {
  const token = await adminToken(http, base);
  const call = async (method: "GET" | "POST" | "PUT", path: string, body?: unknown): Promise<unknown> => {
    const answer = await http({
      method,
      url: `${base}/admin/realms${path}`,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      deadlineMs: 60_000,
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body === "" ? null : JSON.parse(answer.body);
  };
  await call("POST", "", JSON.parse(readFileSync(join(import.meta.dirname, "realm.json"), "utf8")));
  const idOf = async (clientId: string): Promise<string> => {
    const [client] = (await call("GET", `/${REALM}/clients?clientId=${encodeURIComponent(clientId)}`)) as readonly {
      id: string;
    }[];
    return client?.id ?? "";
  };
  const [aws, brevet, management] = await Promise.all([idOf(SAML_CLIENT), idOf("brevet"), idOf("realm-management")]);
  const { scopePermissions } = (await call("PUT", `/${REALM}/clients/${aws}/management/permissions`, { enabled: true })) as {
    readonly scopePermissions: Readonly<Record<string, string>>;
  };
  const policies = `/${REALM}/clients/${management}/authz/resource-server`;
  const policy = (await call("POST", `${policies}/policy/client`, { name: "brevet may", clients: [brevet] })) as {
    readonly id: string;
  };
  const permission = `${policies}/permission/scope/${scopePermissions["token-exchange"]}`;
  await call("PUT", permission, { ...((await call("GET", permission)) as object), policies: [policy.id] });
}

async function adminToken(http: Http, base: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...ADMIN });
  const answer = await http({
    method: "POST",
    url: `${base}/realms/master/protocol/openid-connect/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    deadlineMs: 60_000,
  });
  if (answer.status !== 200) throw new Error(`the administrator could not sign in: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { readonly access_token: string }).access_token;
}
