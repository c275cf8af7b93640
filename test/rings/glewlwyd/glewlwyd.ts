import { execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { freePort } from "../../free-port.ts";

/** A real Glewlwyd: on 127.0.0.1 alone, with its data in a folder of the test, under the name and the certificate that it is given. */
export interface Glewlwyd {
  readonly port: number;
  readonly issuer: string;
  /** Clients, by what they may. */
  readonly clients: Readonly<Record<keyof typeof CLIENTS, string>>;
  /** What it has logged. */
  log(): string;
  close(): Promise<void>;
}

export const PERSON = { username: "alice", password: "of-this-run-alone" };
/** Made by its own installation. */
const ADMIN = { username: "admin", password: "password" };
const SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";
const PAGES = "/usr/share/glewlwyd/webapp";
const PAGES_CONFIGURATION = "/usr/share/glewlwyd/templates/config.json";
const PLUGIN = "oidc";
const START_SECONDS = 120;

/** What each may: the device grant is a permission of its own, and its redirect URLs are compared to the last character. */
const CLIENTS = {
  browser: { authorization_type: ["code", "refresh_token"] },
  device: { authorization_type: ["device_authorization", "refresh_token"] },
} as const;

export interface GlewlwydWishes {
  /** `glewlwyd.example` */
  readonly host: string;
  readonly certificate: { readonly cert: string; readonly key: string };
  /** A PEM file of who signed it. */
  readonly caFile: string;
  /** A folder for all that it writes. */
  readonly folder: string;
  /** The redirect URLs that its clients have, each with its port: `http://127.0.0.1:49152/callback`. */
  readonly redirectUris: readonly string[];
}

/** Starts it, and makes an OpenID provider, two public clients and a person there. */
export async function startGlewlwyd(wishes: GlewlwydWishes): Promise<Glewlwyd> {
  const { host, folder } = wishes;
  const port = await freePort();
  const child = spawn("glewlwyd", ["--config-file", writeConfiguration(port, wishes)], {
    env: { PATH: process.env["PATH"], HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const listening = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Glewlwyd did not start within ${START_SECONDS} s:\n${said}`)),
      START_SECONDS * 1000,
    );
    const read = (text: string): void => {
      said += text;
      if (!/Glewlwyd started on port/.test(said)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("exit", (code) => reject(new Error(`Glewlwyd ended with ${code}:\n${said}`)));
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null) return resolve();
      child.removeAllListeners("exit").once("exit", () => resolve());
      child.kill("SIGKILL");
    });
  try {
    await listening;
    await setUp(wishes, port);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { port, issuer: issuerAt(host), clients: { browser: "browser", device: "device" }, log: () => said, close };
}

const issuerAt = (host: string): string => `https://${host}/api/${PLUGIN}`;

function writeConfiguration(port: number, { host, certificate, caFile, folder }: GlewlwydWishes): string {
  const [cert, key] = [join(folder, "glewlwyd-cert.pem"), join(folder, "glewlwyd-key.pem")];
  writeFileSync(cert, certificate.cert);
  writeFileSync(key, certificate.key, { mode: 0o600 });
  const database = join(folder, "glewlwyd.db");
  execFileSync("sqlite3", [database], { input: readFileSync(SCHEMA) });
  const pages = join(folder, "pages");
  // It serves no link that leads out of the folder, and Debian's package has some.
  cpSync(PAGES, pages, { recursive: true, dereference: true, filter: (path) => !path.endsWith("config.json") });
  copyFileSync(PAGES_CONFIGURATION, join(pages, "config.json"));
  const file = join(folder, "glewlwyd.conf");
  const settings = {
    port,
    bind_address: "127.0.0.1",
    external_url: `https://${host}`,
    login_url: "login.html",
    api_prefix: "api",
    static_files_path: `${pages}/`,
    log_mode: "console",
    log_level: "INFO",
    cookie_domain: host,
    cookie_secure: 1,
    session_key: "GLEWLWYD2_SESSION_ID",
    admin_scope: "g_admin",
    profile_scope: "g_profile",
    user_module_path: "/usr/lib/glewlwyd/user",
    client_module_path: "/usr/lib/glewlwyd/client",
    user_auth_scheme_module_path: "/usr/lib/glewlwyd/scheme",
    plugin_module_path: "/usr/lib/glewlwyd/plugin",
    use_secure_connection: true,
    secure_connection_key_file: key,
    secure_connection_pem_file: cert,
    secure_connection_ca_file: caFile,
    hash_algorithm: "SHA512",
  };
  const types = { ".html": "text/html", ".css": "text/css", ".js": "application/javascript", ".json": "application/json" };
  const lines = [
    ...Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
    `database = { type = "sqlite3"; path = ${JSON.stringify(database)}; };`,
    `static_files_mime_types = (${Object.entries(types)
      .map(([extension, type]) => `{ extension = "${extension}"; mime_type = "${type}"; compress = 0; }`)
      .join(", ")})`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return file;
}

/** By its own administration, over the same HTTPS that everybody uses. */
async function setUp({ host, caFile, redirectUris }: GlewlwydWishes, port: number): Promise<void> {
  const http = createHttp({ environment: {}, caFile, resolve: [{ host, port: 443, address: "127.0.0.1", addressPort: port }] });
  const call = async (method: "POST" | "PUT", path: string, body: unknown, cookie = ""): Promise<string> => {
    const answer = await http({
      method,
      url: `https://${host}/api${path}`,
      headers: { "content-type": "application/json", ...(cookie === "" ? {} : { cookie }) },
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return /^[^;]+/.exec(answer.headers["set-cookie"] ?? "")?.[0] ?? cookie;
  };
  const cookie = await call("POST", "/auth", ADMIN);
  await call(
    "POST",
    "/mod/plugin/",
    { module: "oidc", name: PLUGIN, display_name: PLUGIN, parameters: parametersAt(host) },
    cookie,
  );
  await call(
    "POST",
    "/user/",
    { ...PERSON, name: "Alice", email: "alice@example.com", scope: ["openid", "g_profile"], enabled: true },
    cookie,
  );
  for (const [client_id, may] of Object.entries(CLIENTS)) {
    const client = { client_id, name: `brevet (${client_id})`, confidential: false, redirect_uri: redirectUris, enabled: true };
    await call("POST", "/client/", { ...client, ...may }, cookie);
  }
}

/** ES256, PKCE by S256 alone, tokens that may be bound to a key, and no ID token where a refresh token is redeemed. */
function parametersAt(host: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    iss: issuerAt(host),
    "jwt-type": "ecdsa",
    "jwt-key-size": "256",
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
    cert: publicKey.export({ type: "spki", format: "pem" }),
    "access-token-duration": 300,
    "refresh-token-duration": 3600,
    "code-duration": 60,
    "refresh-token-rolling": true,
    "allow-non-oidc": false,
    "auth-type-code-enabled": true,
    "auth-type-device-enabled": true,
    "auth-type-refresh-enabled": true,
    "auth-type-token-enabled": false,
    "auth-type-id-token-enabled": true,
    "device-authorization-expiration": 300,
    "device-authorization-interval": 1,
    "pkce-allowed": true,
    "pkce-required": true,
    "pkce-method-plain-allowed": false,
    "oauth-dpop-allowed": true,
    "oauth-dpop-iat-duration": 60,
    "introspection-revocation-allowed": true,
    "introspection-revocation-allow-target-client": true,
    "jwks-show": true,
    "email-claim": "mandatory",
    "subject-type": "public",
  };
}
