import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { createAuthority } from "./http-certificates.ts";
import { secureServer } from "./http-secure-server.ts";
import { clientNamed, rawServer, type TestServer, tunnelProxy, webServer } from "./http-servers.ts";
import { call, faultOf, type HttpSubject, responseOf } from "./http-subject.ts";

const SHORT_MS = 150;

export function proxies(subject: HttpSubject): void {
  const proxied = async (t: { after(work: () => void): void }) => {
    const server = await secureServer(subject, (authority) => authority.issue({ dns: ["sts.example"] }));
    const proxy = await tunnelProxy(server.port);
    t.after(server.stop);
    t.after(proxy.stop);
    return { server, proxy, caFile: server.caFile };
  };
  const behind = async (
    answer: readonly string[],
    end: "end" | "reset" | "silence",
    t: { after(work: () => void): void },
  ): Promise<TestServer> => {
    const proxy = await rawServer(answer, end);
    t.after(proxy.stop);
    return proxy;
  };

  for (const variable of ["HTTPS_PROXY", "https_proxy"]) {
    test(`${subject.runtime}: ${variable} is honoured, with its user name and password`, async (t) => {
      const { server, proxy, caFile } = await proxied(t);
      const environment = { [variable]: `http://ann:p%40ss@127.0.0.1:${proxy.port}` };
      const response = responseOf(
        await call(subject, "https://sts.example/x", { environment, caFile }, { method: "POST", body: "a=b" }),
      );
      assert.equal(response.body, "over TLS");
      const authorization = `Basic ${Buffer.from("ann:p@ss").toString("base64")}`;
      assert.deepEqual(proxy.tunnels, [{ target: "sts.example:443", authorization }]);
      assert.equal(server.seen[0]?.headers["proxy-authorization"], undefined);
      assert.equal(server.seen[0]?.headers.host, "sts.example");
      assert.equal(server.seen[0]?.body, "a=b");
    });
  }

  test(`${subject.runtime}: NO_PROXY and loopback are reached without the proxy`, async (t) => {
    const { proxy, server } = await proxied(t);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "other.example,.invalid" };
    const fault = faultOf(await call(subject, "https://nobody.invalid/", { environment }), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["reason"], "name");
    faultOf(
      await call(subject, `https://localhost:${server.port}/`, { environment, caFile: server.caFile }),
      "NETWORK_UNREACHABLE",
    );
    assert.deepEqual(proxy.tunnels, []);
  });

  test(`${subject.runtime}: the certificate behind the proxy is still checked`, async (t) => {
    const { proxy } = await proxied(t);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const fault = faultOf(await call(subject, "https://sts.example/", { environment }), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["reason"], "tls");
  });

  test(`${subject.runtime}: a proxy that speaks TLS and asks who we are is shown no certificate, the host behind it is`, async (t) => {
    const authority = await createAuthority("everybody");
    const asks = { ca: authority.certificate, requestCert: true, rejectUnauthorized: false };
    const server = await webServer((request, response) => response.end(clientNamed(request.socket as TLSSocket)), {
      ...(await authority.issue({ dns: ["sts.example"] })),
      ...asks,
    });
    const proxy = await tunnelProxy(server.port, { ...(await authority.issue()), ...asks });
    t.after(server.stop);
    t.after(proxy.stop);
    const caFile = join(subject.folder, `proxy-${proxy.port}.pem`);
    writeFileSync(caFile, authority.certificate);
    const environment = { HTTPS_PROXY: `https://localhost:${proxy.port}` };
    const options = { environment, caFile, clientCertificate: await authority.issue() };
    assert.equal(responseOf(await call(subject, "https://sts.example/", options)).body, "test server");
    assert.deepEqual(proxy.tunnels, [{ target: "sts.example:443", authorization: null, client: "nobody" }]);
    // Both have to prove who they are on that way too.
    for (const [url, trust] of [
      ["https://other.example/", { caFile }],
      ["https://sts.example/", {}],
    ] as const) {
      const { clientCertificate } = options;
      const fault = faultOf(await call(subject, url, { environment, clientCertificate, ...trust }), "NETWORK_UNREACHABLE");
      assert.equal(fault.details["reason"], "tls");
    }
    assert.deepEqual([server.seen.length, proxy.tunnels.length], [1, 2]);
  });

  for (const status of [201, 302, 403, 407, 502]) {
    test(`${subject.runtime}: what a proxy answers itself (${status}) is not the answer of the host behind it`, async (t) => {
      const proxy = await behind([`HTTP/1.1 ${status} Whatever\r\ncontent-length: 6\r\n\r\nforged`], "end", t);
      const environment = { HTTPS_PROXY: `http://ann:hidden-word@127.0.0.1:${proxy.port}` };
      const fault = faultOf(await call(subject, "https://sts.example/", { environment }), "NETWORK_UNREACHABLE");
      // RFC 9110 §9.3.6: any 2xx opens the tunnel, so a client may also go on, to a TLS handshake that cannot succeed.
      const reasons = status === 201 ? ["proxy", "tls"] : ["proxy"];
      assert.equal(reasons.includes(String(fault.details["reason"])), true, JSON.stringify(fault.details));
      assert.doesNotMatch(JSON.stringify(fault), /hidden-word/);
    });
  }

  test(`${subject.runtime}: a proxy that does not answer`, async (t) => {
    const proxy = await behind([], "silence", t);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    faultOf(await call(subject, "https://sts.example/", { environment }, { deadlineMs: SHORT_MS }), "NETWORK_TIMEOUT");
  });

  for (const [name, proxy] of [
    ["that nobody runs", "http://127.0.0.1:1"],
    ["whose name is not known", "http://nobody.invalid:3128"],
  ]) {
    test(`${subject.runtime}: a proxy ${name} is named as what fails`, async () => {
      const environment = { HTTPS_PROXY: proxy };
      const fault = faultOf(await call(subject, "https://sts.example/", { environment }), "NETWORK_UNREACHABLE");
      assert.equal(fault.details["reason"], "proxy");
    });
  }

  const closes = "gives no connection to it (it closed the connection before it answered)";
  for (const [name, answer, end, says] of [
    ["hangs up", [], "end", closes],
    ["resets", [], "reset", closes],
    ["hangs up in the middle of its answer", ["HTTP/1.1 200 Conn"], "end", closes],
    ["does not speak HTTP", ["SSH-2.0-OpenSSH_9.2 of some length\r\n\r\n"], "end", null],
    ["answers with a status that there is not", ["HTTP/1.1 99 No\r\n\r\n"], "end", null],
    ["wants a password", ["HTTP/1.1 407 Authenticate\r\n\r\n"], "end", "wants a user name and a password"],
  ] as const) {
    test(`${subject.runtime}: a proxy that ${name}`, async (t) => {
      const proxy = await behind(answer, end, t);
      const place = `127.0.0.1:${proxy.port}`;
      const outcome = await call(subject, "https://sts.example/", { environment: { HTTPS_PROXY: `http://${place}` } });
      const fault = faultOf(outcome, says === null ? "RESPONSE_INVALID" : "NETWORK_UNREACHABLE");
      const expected =
        says === null
          ? `the answer of sts.example, through the proxy ${place}, is not HTTP`
          : `sts.example cannot be reached: the proxy ${place} ${says}`;
      assert.equal(fault.message, expected);
    });
  }

  test(`${subject.runtime}: a proxy that is no URL is named by its variable, and its password is not`, async () => {
    const environment = { HTTPS_PROXY: "socks5://ann:hidden-word@127.0.0.1:1080" };
    const fault = faultOf(await call(subject, "https://sts.example/", { environment }), "URL_INVALID");
    assert.doesNotMatch(fault.message, /hidden-word/);
  });
}

export function resolving(subject: HttpSubject): void {
  test(`${subject.runtime}: a resolve rule connects elsewhere, and the certificate is still the name's`, async (t) => {
    const server = await secureServer(subject, (authority) => authority.issue({ dns: ["issuer.example"] }));
    t.after(server.stop);
    const place = { address: "127.0.0.1", addressPort: server.port };
    const resolve = [
      { host: "issuer.example", port: 443, ...place },
      { host: "issuer.example", port: 8443, ...place },
      { host: "other.example", port: 443, ...place },
    ];
    // A proxy has nothing to say about a connection that was told where to go.
    const options = { resolve, caFile: server.caFile, environment: { HTTPS_PROXY: "http://127.0.0.1:1" } };
    assert.equal(responseOf(await call(subject, "https://issuer.example/laptop/.well-known", options)).body, "over TLS");
    assert.equal(responseOf(await call(subject, "https://issuer.example:8443/", options)).body, "over TLS");
    assert.deepEqual(
      server.seen.map(({ url, headers }) => [url, headers.host]),
      [
        ["/laptop/.well-known", "issuer.example"],
        ["/", "issuer.example:8443"],
      ],
    );
    const fault = faultOf(await call(subject, "https://other.example/", options), "NETWORK_UNREACHABLE");
    assert.equal(fault.details["systemCode"], "ERR_TLS_CERT_ALTNAME_INVALID");
  });
}
