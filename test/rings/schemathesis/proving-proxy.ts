import { createHash, randomUUID } from "node:crypto";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, SignJWT } from "jose";
import type { CliSession } from "../../server/sign-in.ts";

/** A request that went through, and its answer. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** Who adds to every request what its sender cannot make. */
export interface ProvingProxy {
  readonly url: string;
  readonly seen: readonly Seen[];
  stop(): void;
}

const SPARED = JSON.stringify({ type: "about:blank", title: "spared", status: 429, code: "SPARED", detail: "spared" });

/**
 * Hands requests on to a login server and adds an access token with a proof for each; without a session, it only looks. What is
 * sent stays as it was sent, to the byte.
 *
 * @param spared paths at which nothing is changed: the caller, who could end their own session, learns so from who they list.
 */
export async function provingProxy(target: string, session: CliSession | null, spared: RegExp | null): Promise<ProvingProxy> {
  const seen: Seen[] = [];
  const jwk = session === null ? null : await exportJWK(session.keys.publicKey);
  const { hostname, port } = new URL(target);
  const proofOf = async (method: string, path: string): Promise<Record<string, string>> => {
    if (session === null || jwk === null) return {};
    const token = session.tokens.access_token;
    const ath = createHash("sha256").update(token).digest("base64url");
    const proof = await new SignJWT({ htm: method, htu: `${target}${path}`, ath, jti: randomUUID() })
      .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk })
      .setIssuedAt()
      .sign(session.keys.privateKey);
    return { authorization: `DPoP ${token}`, dpop: proof };
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const [method = "GET", path = "/"] = [incoming.method, incoming.url];
    if (method !== "GET" && spared?.test(path)) {
      outgoing.writeHead(429, { "content-type": "application/problem+json" }).end(SPARED);
      return;
    }
    const headers = { ...incoming.headers, host: new URL(target).host, ...(await proofOf(method, path.split("?")[0] ?? "")) };
    const onward = send({ hostname, port, method, path, headers }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer) parts.push(part as Buffer);
      const [status, body] = [answer.statusCode ?? 0, Buffer.concat(parts)];
      seen.push({ method, target: path, body: Buffer.concat(chunks).toString(), status, answer: body.toString() });
      outgoing.writeHead(status, answer.headers).end(body);
    });
    onward.on("error", (cause) => {
      seen.push({ method, target: path, body: Buffer.concat(chunks).toString(), status: 599, answer: String(cause) });
      outgoing.writeHead(502).end();
    });
    onward.end(Buffer.concat(chunks));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop: () => void server.close(),
  };
}
