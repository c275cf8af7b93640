import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import type { HttpOptions } from "../../src/platform/http/create-http.ts";
import { type Authority, createAuthority, type ServerCertificate, selfSigned } from "./http-certificates.ts";
import { secureServer } from "./http-secure-server.ts";
import { clientNamed, rawServer, webServer } from "./http-servers.ts";
import { call, faultOf, type HttpSubject, responseOf } from "./http-subject.ts";

const DAY_MS = 86_400_000;

export function connections(subject: HttpSubject): void {
  for (const end of ["end", "reset"] as const) {
    test(`${subject.runtime}: a connection that is closed (${end}) before an answer`, async (t) => {
      const server = await rawServer([], end);
      t.after(server.stop);
      const fault = faultOf(await call(subject, `http://127.0.0.1:${server.port}/`), "NETWORK_UNREACHABLE");
      assert.equal(fault.details["reason"], "reset");
    });
  }

  test(`${subject.runtime}: a port where nobody listens`, async () => {
    const server = await rawServer([], "end");
    server.stop();
    const fault = faultOf(await call(subject, `http://127.0.0.1:${server.port}/`), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["reason"], "refused");
  });

  test(`${subject.runtime}: a name that is not known`, async () => {
    const fault = faultOf(await call(subject, "https://nobody.invalid/"), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["reason"], "name");
  });

  test(`${subject.runtime}: a failure mentions the proxy that is set for the wrong scheme`, async () => {
    const environment = { HTTP_PROXY: "http://127.0.0.1:1" };
    const fault = faultOf(await call(subject, "https://nobody.invalid/", { environment }), "NETWORK_UNREACHABLE");
    assert.equal(
      fault.hints.some((hint) => hint.includes("HTTPS_PROXY")),
      true,
    );
  });
}

export function certificates(subject: HttpSubject): void {
  test(`${subject.runtime}: a host that asks who we are sees the client's certificate, where there is one`, async (t) => {
    const authority = await createAuthority("clients");
    const clientCertificate = await authority.issue();
    const server = await webServer((request, response) => response.end(clientNamed(request.socket as TLSSocket)), {
      ...(await authority.issue()),
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    });
    t.after(server.stop);
    const caFile = join(subject.folder, `clients-${server.port}.pem`);
    writeFileSync(caFile, authority.certificate);
    const url = `https://localhost:${server.port}/`;
    assert.equal(responseOf(await call(subject, url, { caFile })).body, "nobody");
    assert.equal(responseOf(await call(subject, url, { caFile, clientCertificate })).body, "test server");
  });

  const trusted: readonly { readonly by: string; readonly options: (file: string) => Partial<HttpOptions> }[] = [
    { by: "caFile", options: (caFile) => ({ caFile }) },
    ...["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].map((variable) => ({
      by: variable,
      options: (file: string) => ({ environment: { [variable]: file } }),
    })),
  ];
  for (const { by, options } of trusted) {
    test(`${subject.runtime}: an authority named by ${by} is trusted`, async (t) => {
      const server = await secureServer(subject);
      t.after(server.stop);
      const url = `https://localhost:${server.port}/`;
      assert.equal(responseOf(await call(subject, url, options(server.caFile))).body, "over TLS");
      const fault = faultOf(await call(subject, url), "NETWORK_UNREACHABLE");
      assert.equal(fault.details["reason"], "tls");
    });
  }

  test(`${subject.runtime}: a host of none of the named authorities is tried with the runtime's own, and sees no request`, async (t) => {
    const server = await secureServer(subject);
    const other = await secureServer(subject);
    t.after(server.stop);
    t.after(other.stop);
    const outcome = await call(subject, `https://localhost:${server.port}/`, { caFile: other.caFile });
    assert.equal(faultOf(outcome, "NETWORK_UNREACHABLE").details["reason"], "tls");
    assert.equal(server.connections(), 2);
    assert.deepEqual(server.seen, []);
    responseOf(await call(subject, `https://localhost:${server.port}/`, { caFile: server.caFile }));
    assert.equal(server.connections(), 3);
  });

  const refused: readonly {
    readonly name: string;
    readonly systemCode: string;
    readonly of: (authority: Authority) => Promise<ServerCertificate>;
  }[] = [
    {
      name: "expired",
      systemCode: "CERT_HAS_EXPIRED",
      of: (authority) => authority.issue({ notAfter: new Date(Date.now() - DAY_MS / 2) }),
    },
    {
      name: "not valid yet",
      systemCode: "CERT_NOT_YET_VALID",
      of: (authority) => authority.issue({ notBefore: new Date(Date.now() + DAY_MS / 2) }),
    },
    {
      name: "for another name",
      systemCode: "ERR_TLS_CERT_ALTNAME_INVALID",
      of: (authority) => authority.issue({ dns: ["other.example"] }),
    },
    { name: "self-signed", systemCode: "DEPTH_ZERO_SELF_SIGNED_CERT", of: () => selfSigned() },
  ];
  for (const { name, systemCode, of } of refused) {
    test(`${subject.runtime}: a certificate that is ${name} is refused`, async (t) => {
      const server = await secureServer(subject, of);
      t.after(server.stop);
      const outcome = await call(subject, `https://localhost:${server.port}/`, { caFile: server.caFile });
      const fault = faultOf(outcome, "NETWORK_UNREACHABLE");
      assert.deepEqual([fault.details["reason"], fault.details["systemCode"]], ["tls", systemCode]);
      assert.deepEqual(server.seen, []);
    });
  }

  test(`${subject.runtime}: a server that does not speak TLS`, async (t) => {
    const server = await webServer((_, response) => response.end());
    t.after(server.stop);
    const fault = faultOf(await call(subject, `https://localhost:${server.port}/`), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["reason"], "tls");
  });

  test(`${subject.runtime}: a certificate file that is not there, or is none, is named; without TLS nobody reads it`, async (t) => {
    const server = await webServer((_, response) => response.end("ok"));
    t.after(server.stop);
    const missing = join(subject.folder, "missing.pem");
    const notOne = join(subject.folder, "not-one.pem");
    writeFileSync(notOne, "hello");
    for (const caFile of [missing, notOne]) {
      const fault = faultOf(await call(subject, `https://localhost:${server.port}/`, { caFile }), "FILE_UNREADABLE");
      assert.match(fault.message, new RegExp(caFile));
    }
    assert.equal(responseOf(await call(subject, `http://localhost:${server.port}/`, { caFile: missing })).body, "ok");
  });
}

export function urls(subject: HttpSubject): void {
  const refused = [
    "http://sts.example/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/",
    "http://metadata.google.internal/",
    "http://127.0.0.1.example/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "sts.eu-west-1.amazonaws.com",
    "https://user:hidden-word@sts.example/",
  ];
  for (const url of refused) {
    test(`${subject.runtime}: ${url} is never called`, async () => {
      const fault = faultOf(await call(subject, url), "URL_INVALID");
      assert.doesNotMatch(fault.message, /hidden-word/);
    });
  }
}
