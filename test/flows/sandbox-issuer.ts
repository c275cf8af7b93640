import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { addTrust } from "../../src/sandbox/iam/add-trust.ts";
import type { RequestRecord } from "../../src/sandbox/service.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";

/** An issuer made with `jose`, published into a folder, and a sandbox that trusts it: what the tests of the sandbox share. */
export const ISSUER = "https://issuer.example/laptop-7f3a";
export const SUBJECT = "laptop-k3v9q2x7ab";
export const ROLE = "arn:aws:iam::123456789012:role/dev";
export const AUDIENCE = "sts.amazonaws.com";

export interface TestIssuer {
  readonly folder: string;
  readonly issuers: string;
  readonly records: RequestRecord[];
  readonly sandbox: Sandbox;
  /** The sandbox's time; tests move it. */
  readonly clock: { seconds: number };
  /** A token; `claims` and `header` replace or, where undefined, remove members. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>;
  publish(keys: readonly JWK[], discovery?: Readonly<Record<string, unknown>>): void;
  readonly publicJwk: JWK;
  close(): Promise<void>;
}

export async function startTestSandbox(algorithm = "ES256"): Promise<TestIssuer> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-sandbox-"));
  const issuers = join(folder, "published");
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: "key-1", alg: algorithm, use: "sig" };
  const publish: TestIssuer["publish"] = (keys, discovery = {}) => {
    mkdirSync(join(issuers, ".well-known"), { recursive: true });
    const document = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys.json`, ...discovery };
    writeFileSync(join(issuers, ".well-known", "openid-configuration"), JSON.stringify(document));
    writeFileSync(join(issuers, "keys.json"), JSON.stringify({ keys }));
  };
  publish([publicJwk]);
  addTrust(folder, {
    accountId: "123456789012",
    role: "dev",
    caller: { kind: "issuer", issuer: ISSUER, subject: SUBJECT, audience: AUDIENCE },
    allowTags: false,
    allowSourceIdentity: false,
    mayAssume: [],
  });
  const clock = { seconds: Math.floor(Date.now() / 1000) };
  const records: RequestRecord[] = [];
  const sandbox = await startSandbox({
    folder,
    issuers: [{ kind: "folder", url: ISSUER, folder: issuers }],
    clock: { now: () => clock.seconds },
    log: (record) => records.push(record),
  });
  return {
    folder,
    issuers,
    records,
    sandbox,
    clock,
    publish,
    publicJwk,
    async token(claims = {}, header = {}) {
      const standard = { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: clock.seconds, exp: clock.seconds + 300, jti: "1" };
      const merged = Object.fromEntries(Object.entries({ ...standard, ...claims }).filter(([, value]) => value !== undefined));
      return new SignJWT(merged).setProtectedHeader({ alg: algorithm, kid: "key-1", ...header }).sign(privateKey);
    },
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The text of the first `<Code>`; null for a result. */
  readonly code: string | null;
  readonly message: string | null;
}

/** One request to the sandbox, with nothing between the test and the wire. */
export function send(
  sandbox: Sandbox,
  options: {
    readonly ca: string;
    /** The name in SNI, where it is not the Host header's. */
    readonly servername?: string;
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(sandbox.url);
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        method: options.method ?? "POST",
        path: options.path ?? "/",
        ca: options.ca,
        agent: false,
        ...(options.servername === undefined ? {} : { servername: options.servername }),
        headers: options.headers ?? {},
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString("utf8");
          const text = (name: string): string | null => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? null;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            code: text("Code"),
            message: text("Message"),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

/** A call of AssumeRoleWithWebIdentity, as a form. */
export function roleCall(WebIdentityToken: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const common = { Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleArn: ROLE, RoleSessionName: "laptop" };
  return form({ ...common, WebIdentityToken, ...changes });
}

export function form(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given).toString();
}
