import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly form: URLSearchParams;
}

/** What the server answers; `head` and `body` go out as they are. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server on loopback that records each request and answers by a script, one entry for each; the last one stays. */
export async function scriptedServer(t: TestContext, ...script: readonly (Scripted | RequestListener)[]) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const entry = script[Math.min(seen.length, script.length - 1)];
    const { method = "", url = "", headers, rawHeaders } = request;
    seen.push({ method, url, headers, rawHeaders, body, form: new URLSearchParams(body) });
    if (typeof entry === "function") entry(request, response);
    else response.writeHead(entry?.status ?? 200, { "content-type": "text/xml", ...entry?.headers }).end(entry?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

/** An answer as STS words it. */
export function stsSuccess(action: string, extra = "", expiration = "2026-01-01T01:00:00Z"): Scripted {
  return {
    body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>
<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:laptop</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/dev/laptop</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>visibly+fake/secret</SecretAccessKey>
<SessionToken>visibly-fake-session-token</SessionToken><Expiration>${expiration}</Expiration></Credentials>${extra}
</${action}Result><ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata></${action}Response>`,
  };
}

/** A refusal as STS words it; `headers` should hold a `date`, because the server's own one is today's. */
export function stsError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Scripted {
  return {
    status,
    headers,
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>
<Message>${message}</Message></Error><RequestId>4c0df2c6</RequestId></ErrorResponse>`,
  };
}
