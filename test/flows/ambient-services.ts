import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { calculateSignature } from "../../src/sandbox/aws-sts/calculate-signature.ts";
import { readSignatureClaim } from "../../src/sandbox/aws-sts/signature-claim.ts";
import type { SandboxRequest } from "../../src/sandbox/service.ts";

/**
 * Stand-ins for what surrounds a build job or a machine, one server for all: each path answers as its provider documents it, and
 * refuses what the provider refuses. The tokens are made by whoever starts it.
 */
export interface AmbientServices {
  readonly url: string;
  /** `METHOD /path` of each request, and the status that it got. */
  readonly seen: string[];
  /** Answers the next request with this status instead, or with this error of STS. */
  failNext(status: number, stsCode?: string): void;
  close(): Promise<void>;
}

/** What the runner, the agent and the machine gave to their job. */
export const JOB = {
  requestToken: "runner-token-3f1b",
  agentToken: "agent-token-77ac",
  jobId: "0190c0de-aaaa-4000-8000-000000000001",
};
export const KEYS = {
  AccessKeyId: "ASIAAMBIENTEXAMPLE22",
  SecretAccessKey: "ambient/secret+key/0123456789abcdefghijk",
  Token: "ambient-session-token",
  Expiration: "2099-01-01T00:00:00Z",
};

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type MakeToken = (claims: Readonly<Record<string, unknown>>) => Promise<string>;

const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });
const text = (body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({ status: 200, body, headers });
const refused = (status: number): Answer => ({ status, body: "refused" });

export async function startAmbientServices(makeToken: MakeToken): Promise<AmbientServices> {
  const seen: string[] = [];
  const failures: Answer[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then(async (body) => {
      const answer = failures.shift() ?? (await route(request, body, makeToken));
      seen.push(`${request.method} ${new URL(request.url ?? "/", "http://x").pathname} ${answer.status}`);
      send(response, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    failNext: (status, stsCode) => failures.push(stsCode === undefined ? refused(status) : stsError(stsCode, status)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function route(request: IncomingMessage, body: string, makeToken: MakeToken): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://x");
  const [, service = ""] = url.pathname.split("/");
  switch (service) {
    case "github":
      return github(request, url, makeToken);
    case "v3":
      return buildkite(request, url, body, makeToken);
    case "computeMetadata":
      return google(request, url, makeToken);
    case "latest":
      return ec2(request, url);
    case "container":
      return request.headers.authorization === "container-token" ? json(KEYS) : refused(400);
    case "":
      return sts(request, body, makeToken);
    default:
      return refused(404);
  }
}

/** The runner's URL has a query of its own; the token is asked for by GET. */
async function github(request: IncomingMessage, url: URL, makeToken: MakeToken): Promise<Answer> {
  const isAllowed =
    /^bearer /i.test(request.headers.authorization ?? "") && request.headers.authorization?.slice(7) === JOB.requestToken;
  if (!isAllowed || url.searchParams.get("api-version") !== "2.0") return refused(401);
  const value = await makeToken({
    aud: url.searchParams.get("audience") ?? "https://github.com/octo",
    sub: "repo:octo/app:ref:refs/heads/main",
  });
  return json({ count: 1, value });
}

async function buildkite(request: IncomingMessage, url: URL, body: string, makeToken: MakeToken): Promise<Answer> {
  if (request.method !== "POST" || request.headers.authorization !== `Token ${JOB.agentToken}`) return refused(401);
  if (url.pathname !== `/v3/jobs/${JOB.jobId}/oidc/tokens`) return refused(404);
  const { audience, lifetime } = JSON.parse(body) as { readonly audience: string; readonly lifetime: number };
  return json({ token: await makeToken({ aud: audience, sub: "organization:acme:pipeline:app", life: lifetime }) });
}

async function google(request: IncomingMessage, url: URL, makeToken: MakeToken): Promise<Answer> {
  if (request.headers["metadata-flavor"] !== "Google") return refused(403);
  if (!/^\/computeMetadata\/v1\/instance\/service-accounts\/default\/identity$/.test(url.pathname)) return refused(404);
  const token = await makeToken({ aud: url.searchParams.get("audience"), sub: "112010400000000710080" });
  return text(token, { "metadata-flavor": "Google" });
}

/** IMDSv2: nothing without the session token that a PUT gives. */
function ec2(request: IncomingMessage, url: URL): Answer {
  if (url.pathname === "/latest/api/token") {
    return request.method === "PUT" && request.headers["x-aws-ec2-metadata-token-ttl-seconds"] === "60"
      ? text("imds-token")
      : refused(400);
  }
  if (request.headers["x-aws-ec2-metadata-token"] !== "imds-token") return refused(401);
  if (url.pathname === "/latest/meta-data/iam/security-credentials/") return text("build-machine");
  return url.pathname.endsWith("/build-machine") ? json({ Code: "Success", ...KEYS }) : refused(404);
}

/** GetWebIdentityToken, of which the signature is verified as the sandbox verifies those of its own actions. */
async function sts(request: IncomingMessage, body: string, makeToken: MakeToken): Promise<Answer> {
  const headers = new Map(Object.entries(request.headersDistinct).map(([name, values]) => [name, values ?? []]));
  const received: SandboxRequest = {
    method: request.method ?? "",
    host: request.headers.host ?? "",
    path: "/",
    query: "",
    headers,
    body,
    sourceIp: "127.0.0.1",
  };
  const claim = readSignatureClaim(received);
  const isSigned = claim.signature === (await calculateSignature(received, claim, KEYS.SecretAccessKey));
  if (!isSigned || claim.accessKeyId !== KEYS.AccessKeyId || claim.sessionToken !== KEYS.Token)
    return stsError("SignatureDoesNotMatch", 403);
  const parameters = new URLSearchParams(body);
  if (parameters.get("Action") !== "GetWebIdentityToken" || parameters.get("SigningAlgorithm") !== "RS256")
    return stsError("ValidationError", 400);
  const token = await makeToken({
    aud: parameters.get("Audience.member.1"),
    sub: "arn:aws:iam::123456789012:role/build-machine",
  });
  const result = `<WebIdentityToken>${token}</WebIdentityToken><Expiration>2099-01-01T00:00:00Z</Expiration>`;
  return text(
    `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult>${result}</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
  );
}

function stsError(code: string, status: number): Answer {
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, headers).end(body);
}
