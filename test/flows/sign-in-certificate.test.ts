import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TLSSocket } from "node:tls";
import type { KoaContextWithOIDC } from "oidc-provider";
import { Fault } from "../../src/core/fault.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { createAuthority, type ServerCertificate } from "../contracts/http-certificates.ts";
import { type ProviderWishes, startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, settingsFor } from "../providers/sign-in-parts.ts";
import { openSignInWorld, type SignInWorld, workConfig } from "../providers/sign-in-world.ts";

const HOST = "id.example";
const CLIENT = "cli.clients.example";

const socketOf = ({ req }: { readonly req: IncomingMessage }): TLSSocket => req.socket as TLSSocket;

/** What the provider is told, so that it knows its client by a name in a certificate. */
const BY_CERTIFICATE = {
  client: { token_endpoint_auth_method: "tls_client_auth", tls_client_auth_san_dns: CLIENT },
  configuration: {
    clientAuthMethods: ["none", "tls_client_auth"],
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        getCertificate: (context: KoaContextWithOIDC) => socketOf(context).getPeerX509Certificate(),
        certificateAuthorized: (context: KoaContextWithOIDC) => socketOf(context).authorized,
        certificateSubjectMatches: (context: KoaContextWithOIDC, property: string, expected: string) =>
          property === "tls_client_auth_san_dns" && socketOf(context).getPeerX509Certificate()?.checkHost(expected) !== undefined,
      },
    },
  },
} satisfies ProviderWishes;

/** A provider that knows its client by a certificate of its own authority. RFC 8705 §2.1. */
describe("a client that proves itself by a certificate", () => {
  let running: TestProvider;
  let folder: string;
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "brevet-mtls-"));
    authority = await createAuthority("clients");
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    const certificate = await authority.issue({ dns: [HOST] });
    running = await startProvider({
      secure: { issuer: `https://${HOST}`, certificate, clientAuthority: authority.certificate },
      ...BY_CERTIFICATE,
    });
  });
  after(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const bench = (clientCertificate: ServerCertificate | null) => {
    const settings = { ...settingsFor(running), authentication: { method: "tls_client_auth" } as const };
    const reach = { hosts: { [HOST]: running.port }, authority: authority.certificate };
    return openBench(settings, {
      http: async () =>
        createHttp({
          environment: {},
          caFile: join(folder, "ca.pem"),
          resolve: [{ host: HOST, port: 443, address: "127.0.0.1", addressPort: running.port }],
          ...(clientCertificate === null ? {} : { clientCertificate }),
        }),
      openBrowser: async (url) => {
        void signInAsPerson(url, "alice", reach);
        return true;
      },
    });
  };

  it("signs a person in, renews and ends the session", async () => {
    const certificate = await authority.issue({ dns: [CLIENT] });
    assert.ok(new X509Certificate(certificate.cert).checkHost(CLIENT));
    const { session, clock, close } = bench(certificate);
    assert.equal((await session.signIn()).subject, "alice");
    clock.ahead = 3560;
    assert.equal((await session.tokens({ token: "id", minLifeSeconds: 60 })).subject, "alice");
    assert.equal((await session.signOut("keep")).revoked, true);
    await close();
  });

  it("is refused with another's certificate, with a stranger's, and without one", async () => {
    const stranger = await createAuthority("strangers");
    for (const certificate of [
      await authority.issue({ dns: ["other.clients.example"] }),
      await stranger.issue({ dns: [CLIENT] }),
      null,
    ]) {
      const { session, close } = bench(certificate);
      await assert.rejects(session.signIn(), (cause) => cause instanceof Fault && cause.code === "CLIENT_REFUSED");
      await close();
    }
  });
});

describe("the program with a certificate of the client", () => {
  let world: SignInWorld;
  let authority: Awaited<ReturnType<typeof createAuthority>>;
  before(async () => {
    authority = await createAuthority("clients");
    world = await openSignInWorld({ ...BY_CERTIFICATE, clientAuthority: authority.certificate });
  });
  after(() => world.close());

  async function showCertificate(dns: string): Promise<void> {
    const { cert, key } = await authority.issue({ dns: [dns] });
    const files = { certificate: join(world.home, "client.pem"), key: join(world.home, "client-key.pem") };
    writeFileSync(files.certificate, cert);
    writeFileSync(files.key, key, { mode: 0o600 });
    const clientAuthentication = { method: "tls_client_auth", ...files };
    world.config(workConfig(world.provider.clientId, { clientAuthentication }));
  }

  it("goes from the browser to AWS credentials, and signs out", async () => {
    await showCertificate(CLIENT);
    const first = await world.brevet("credential", "aws", "--profile", "dev");
    assert.equal(first.status, 0, first.stderr);
    assert.equal(JSON.parse(first.stdout).Version, 1);
    const check = await world.brevet("status", "--check");
    assert.match(check.stdout, /assumed-role\/dev\/alice/);
    assert.match((await world.brevet("logout")).stderr, /the provider has forgotten the session too/);
  });

  it("is refused with the certificate of another client, and nothing is on stdout", async () => {
    await showCertificate("other.clients.example");
    const refused = await world.brevet("credential", "aws", "--profile", "dev");
    assert.notEqual(refused.status, 0);
    assert.equal(refused.stdout, "");
    assert.match(refused.stderr, /CLIENT_REFUSED/);
  });
});
