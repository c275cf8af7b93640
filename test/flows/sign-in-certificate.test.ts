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
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, settingsFor } from "../providers/sign-in-parts.ts";

const HOST = "id.example";
const CLIENT = "cli.clients.example";

const socketOf = ({ req }: { readonly req: IncomingMessage }): TLSSocket => req.socket as TLSSocket;

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
              property === "tls_client_auth_san_dns" &&
              socketOf(context).getPeerX509Certificate()?.checkHost(expected) !== undefined,
          },
        },
      },
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
    close();
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
      close();
    }
  });
});
