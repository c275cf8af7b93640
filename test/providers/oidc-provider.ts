import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer as createWebServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import Provider, { type ClientMetadata, type Configuration } from "oidc-provider";
import type { ServerCertificate } from "../contracts/http-certificates.ts";

/** A real OpenID provider on this machine: the certified `oidc-provider`, with one client and people who all have one password. */
export interface TestProvider {
  readonly issuer: string;
  readonly port: number;
  readonly clientId: string;
  /** For tests that reach behind the protocol. */
  readonly provider: Provider;
  /** Paths of the requests it took, in order: `POST /token`. */
  readonly requests: string[];
  /** Does what the next request of that path asks for, but keeps the answer back. */
  holdAnswer(path: string): HeldAnswer;
  close(): Promise<void>;
}

/** An answer that is kept back. */
export interface HeldAnswer {
  /** The request has come. */
  readonly asked: Promise<void>;
  /** Lets the answer go, once it is there. */
  release(): void;
}

export interface ProviderWishes {
  /** `https://id.example`, served with a certificate; without, it is `http://127.0.0.1:PORT`. */
  readonly secure?: {
    readonly issuer: string;
    readonly certificate: ServerCertificate;
    /** PEM; clients that have one show a certificate that it signed. */
    readonly clientAuthority?: string;
  };
  readonly client?: Partial<ClientMetadata>;
  /** How long ID tokens live; an hour unless said. */
  readonly idTokenSeconds?: number;
  readonly configuration?: Configuration;
}

const CLIENT: ClientMetadata = {
  client_id: "brevet-cli",
  token_endpoint_auth_method: "none",
  application_type: "native",
  redirect_uris: ["http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost/callback"],
  grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
  response_types: ["code"],
};

/** Starts it on a free port. */
export async function startProvider(wishes: ProviderWishes = {}): Promise<TestProvider> {
  const { secure, client = {}, idTokenSeconds = 3600, configuration = {} } = wishes;
  const clients = { ca: secure?.clientAuthority, requestCert: secure?.clientAuthority !== undefined, rejectUnauthorized: false };
  const server = secure === undefined ? createWebServer() : createSecureServer({ ...secure.certificate, ...clients });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = secure?.issuer ?? `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, ...client }],
    jwks: { keys: [rsaKey()] },
    cookies: { keys: [randomUUID()] },
    scopes: ["openid", "offline_access", "email"],
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false,
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, email: `${id}@example.com` }) }),
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      IdToken: idTokenSeconds,
      RefreshToken: 86_400,
      Session: 86_400,
      Interaction: 600,
      Grant: 86_400,
      DeviceCode: 600,
    },
    features: { devInteractions: { enabled: true }, deviceFlow: { enabled: true }, revocation: { enabled: true } },
    ...configuration,
  });
  provider.proxy = true;
  const requests: string[] = [];
  const answer = provider.callback();
  let held: HeldPath | null = null;
  server.on("request", (request, response) => {
    const path = new URL(request.url ?? "/", issuer).pathname;
    requests.push(`${request.method} ${path}`);
    if (held?.path === path) {
      const { come, released } = held;
      held = null;
      const end = response.end.bind(response) as (...parts: readonly unknown[]) => typeof response;
      response.end = (...parts: readonly unknown[]) => {
        void released.then(() => end(...parts));
        return response;
      };
      come();
    }
    void answer(request, response);
  });
  return {
    issuer,
    port,
    clientId: CLIENT.client_id ?? "",
    provider,
    requests,
    holdAnswer(path) {
      const [asked, come] = gate();
      const [released, release] = gate();
      held = { path, come, released };
      return { asked, release };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface HeldPath {
  readonly path: string;
  readonly come: () => void;
  readonly released: Promise<void>;
}

function gate(): readonly [passed: Promise<void>, pass: () => void] {
  let pass: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    pass = resolve;
  });
  return [passed, pass];
}

let modulus: KeyObject | undefined;

/** A key by a new name: to make one takes longer than most tests. */
function rsaKey() {
  modulus ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return { ...modulus.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}
