import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { request } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { openSandbox } from "../../../src/sandbox/open-sandbox.ts";
import type { Ended } from "../../scripts/brevet-home.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { type Moto, startMoto } from "./moto-server.ts";

/**
 * AWS as a setup meets it: moto takes what an administrator does; the sandbox is STS, and trusts what stands in moto's IAM at
 * that moment; what moto's CloudFront has is served over TLS under its real name, to who goes through the proxy.
 */
export interface AwsWorld {
  readonly moto: Moto;
  readonly home: string;
  /** What programs have in the environment that meet this AWS. */
  readonly environment: Readonly<Record<string, string>>;
  brevet(...words: readonly string[]): Promise<Ended>;
  run(program: string, ...words: readonly string[]): Promise<Ended>;
  read(name: string): string;
  /** How many exchanges STS is to judge before it hears of what stands in IAM now. */
  hearLater(exchanges: number): void;
  stop(): Promise<void>;
}

type Sandbox = Awaited<ReturnType<ReturnType<typeof openSandbox>["start"]>>;

export async function makeAwsWorld(): Promise<AwsWorld> {
  const moto = await startMoto();
  const home = mkdtempSync(join(tmpdir(), "brevet-aws-world-"));
  const folder = join(home, "sandbox");
  const clock = { now: () => Math.floor(Date.now() / 1000) };
  const start = (issuers: readonly string[]): Promise<Sandbox> =>
    openSandbox(folder).start(
      { port: 0, region: "us-east-1", issuers, sourceIp: null, answersFile: null },
      { clock, workingFolder: home, log: () => undefined },
    );
  // Once without an issuer, so that its authority is there before anybody has to trust it.
  const first = await start([]);
  const { caFile } = first.running;
  await first.close();

  const edge = await listen((asked, answer) => void serveObject(moto, asked, answer));
  let sandbox: Promise<Sandbox> | null = null;
  const sandboxUrl = async (): Promise<URL> => {
    sandbox ??= domainOf(moto).then((domain) => start([`https://${domain}=http://127.0.0.1:${portOf(edge)}`]));
    return new URL((await sandbox).running.url);
  };
  let deaf = 0;
  const sts = await listen((asked, answer) => {
    void (async () => {
      const body = await bodyOf(asked);
      if (body.includes("Action=AssumeRole") && deaf > 0) deaf -= 1;
      else await mirrorIam(moto, folder);
      forward(asked, body, { target: await sandboxUrl(), ca: readFileSync(caFile, "utf8") }, answer);
    })();
  });
  const proxy = await listen((_asked, answer) => answer.writeHead(405).end());
  proxy.on("connect", (_asked: IncomingMessage, socket: Socket) => {
    void sandboxUrl().then(({ port }) => tunnel(socket, Number(port)));
  });

  const environment = {
    HOME: home,
    PATH: process.env["PATH"] ?? "",
    CI: "true",
    BREVET_STORE: "file",
    ...moto.environment,
    AWS_CA_BUNDLE: caFile,
    HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
    NO_PROXY: "127.0.0.1",
  };
  const run = (program: string, ...words: readonly string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(program, words, { env: environment, encoding: "utf8" }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const [program, ...before] = programUnderTest().command;
  return {
    moto,
    home,
    environment: { ...environment, BREVET_TEST_STS: `http://127.0.0.1:${portOf(sts)}` },
    brevet: (...words) => run(program, ...before, ...words),
    run,
    read: (name) => readFileSync(join(home, name), "utf8"),
    hearLater: (exchanges) => {
      deaf = exchanges;
    },
    async stop() {
      for (const server of [edge, sts, proxy]) {
        server.closeAllConnections();
        server.close();
      }
      await (await sandbox)?.close();
      await moto.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function domainOf({ cloudFront }: Moto): Promise<string> {
  const { DistributionList: list } = await cloudFront.send(new ListDistributionsCommand({}));
  const domain = list?.Items?.at(-1)?.DomainName;
  if (domain === undefined) throw new Error("nothing is served yet");
  return domain;
}

/** CloudFront before its bucket: an object, or the 403 of a bucket that nobody may list. */
async function serveObject({ cloudFront, s3 }: Moto, { url = "/" }: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { DistributionList: list } = await cloudFront.send(new ListDistributionsCommand({}));
  const bucket = list?.Items?.at(-1)?.Origins?.Items?.[0]?.DomainName?.split(".")[0];
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: url.slice(1) }));
    answer.writeHead(200, { "content-type": object.ContentType ?? "", "cache-control": object.CacheControl ?? "" });
    answer.end(await object.Body?.transformToString());
  } catch {
    answer.writeHead(403).end();
  }
}

/** The sandbox reads its IAM from files at each request. */
async function mirrorIam({ iam }: Moto, folder: string): Promise<void> {
  const write = (kind: string, name: string, value: unknown): void => {
    mkdirSync(join(folder, "iam", kind), { recursive: true });
    writeFileSync(join(folder, "iam", kind, `${name}.json`), JSON.stringify(value));
  };
  rmSync(join(folder, "iam"), { recursive: true, force: true });
  const { OpenIDConnectProviderList: providers = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  for (const [index, { Arn }] of providers.entries()) {
    const { Url, ClientIDList } = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn }));
    write("oidc-providers", `provider-${index}`, { url: `https://${Url}`, clientIds: ClientIDList });
  }
  const { Roles: roles = [] } = await iam.send(new ListRolesCommand({}));
  for (const { RoleName } of roles) {
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName }));
    const trustPolicy = decodeURIComponent(role?.AssumeRolePolicyDocument ?? "");
    write("roles", RoleName ?? "", { arn: role?.Arn, maxSessionDuration: role?.MaxSessionDuration, trustPolicy });
  }
}

function forward(
  { method, url, headers }: IncomingMessage,
  body: string,
  { target, ca }: { readonly target: URL; readonly ca: string },
  answer: ServerResponse,
): void {
  const sent = request(new URL(url ?? "/", target), { method, headers, ca }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  sent.end(body);
}

function tunnel(socket: Socket, port: number): void {
  const inner = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(inner).pipe(socket);
  });
  for (const one of [socket, inner]) one.on("error", () => one.destroy());
}

function listen(handle: (asked: IncomingMessage, answer: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
