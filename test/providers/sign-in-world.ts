import { type ChildProcess, execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandbox, type StartedSandbox } from "../../src/sandbox/open-sandbox.ts";
import { tunnelProxy } from "../contracts/http-servers.ts";
import { programUnderTest } from "../scripts/program.ts";
import { browserProgram } from "./browser-program.ts";
import { type ProviderWishes, startProvider, type TestProvider } from "./oidc-provider.ts";

/**
 * A person's machine, a real OpenID provider at `https://id.example` and an AWS that trusts it: the whole chain from the browser
 * to credentials, with the program as people run it. Names lead to this machine through a proxy, as in a company's network.
 */
export interface SignInWorld {
  readonly home: string;
  readonly provider: TestProvider;
  /** Variables for brevet and for AWS tools. */
  readonly environment: Record<string, string>;
  brevet(...words: readonly string[]): Promise<Ended>;
  /** The same, with something to read on stdin. */
  brevetReading(input: string, ...words: readonly string[]): Promise<Ended>;
  /** The same, for who wants to know when it first says something on stderr. */
  begin(...words: readonly string[]): {
    readonly spoken: Promise<void>;
    /** Settles when it has said that on stderr, or has ended. */
    says(text: string): Promise<void>;
    readonly ended: Promise<Ended>;
    /** Ends it in the middle of whatever it does. */
    kill(): void;
  };
  /** What the browser was given, and the last page of each sign-in. */
  browserLog(): string;
  config(value: unknown): void;
  close(): Promise<void>;
}

export interface Ended {
  /** -1: it was killed. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const ISSUER = "https://id.example";
export const ROLE = "arn:aws:iam::123456789012:role/dev";
const SUBJECT = "alice";
const [file, ...args] = programUnderTest().command;
const TOP = join(import.meta.dirname, "../..");

/** @param clientAuthority PEM; the provider asks clients for a certificate that it signed. */
export async function openSignInWorld(
  wishes: Omit<ProviderWishes, "secure"> & { readonly clientAuthority?: string } = {},
): Promise<SignInWorld> {
  const home = mkdtempSync(join(tmpdir(), "brevet-sign-in-"));
  const now = () => Math.floor(Date.now() / 1000);
  const sandbox = openSandbox(join(home, "sandbox"));
  const { certificate, key } = await sandbox.certificate(["id.example"], now);
  const { clientAuthority, ...rest } = wishes;
  const secure = {
    issuer: ISSUER,
    certificate: { cert: certificate, key },
    ...(clientAuthority === undefined ? {} : { clientAuthority }),
  };
  const provider = await startProvider({ ...rest, secure });
  const started = await startSandbox(sandbox, provider, now);
  const proxy = await tunnelProxy(provider.port);
  const environment: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    BREVET_STORE: "file",
    LC_ALL: "C.UTF-8",
    ...started.variables,
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    BROWSER: browserProgram(home),
    PERSON: SUBJECT,
    PERSON_HOSTS: JSON.stringify({ "id.example": provider.port }),
    PERSON_AUTHORITY: started.running.caFile,
    PERSON_LOG: join(home, "browser.log"),
  };
  const config = (value: unknown): void => {
    mkdirSync(join(home, ".config/brevet"), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, ".config/brevet/config.json"), JSON.stringify(value), { mode: 0o600 });
  };
  config(workConfig(provider.clientId));
  const children = new Set<ChildProcess>();
  const begin = (words: readonly string[], input = "") => beginBrevet(words, { environment, cwd: home, input, children });
  return {
    home,
    provider,
    environment,
    config,
    brevet: (...words) => begin(words).ended,
    brevetReading: (input, ...words) => begin(words, input).ended,
    begin: (...words) => begin(words),
    browserLog: () => (existsSync(join(home, "browser.log")) ? readFileSync(join(home, "browser.log"), "utf8") : ""),
    async close() {
      for (const child of children) child.kill("SIGKILL");
      proxy.stop();
      await started.close();
      await provider.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** One identity at the provider and one profile of it. */
export function workConfig(clientId: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    identities: {
      work: {
        kind: "oidc",
        issuer: ISSUER,
        clientId,
        scopes: ["openid", "email", "offline_access"],
        authorizationParameters: { prompt: "consent" },
        ...more,
      },
    },
    profiles: { dev: { identity: "work", interactive: "always", aws: { roleArn: ROLE, region: "eu-west-1" } } },
  };
}

async function startSandbox(
  sandbox: ReturnType<typeof openSandbox>,
  provider: TestProvider,
  now: () => number,
): Promise<StartedSandbox> {
  sandbox.trust({
    accountId: "123456789012",
    role: "dev",
    caller: { kind: "issuer", issuer: ISSUER, subject: SUBJECT, audience: provider.clientId },
    allowTags: false,
    allowSourceIdentity: false,
    mayAssume: [],
  });
  const issuers = [`${ISSUER}=127.0.0.1:${provider.port}`];
  return sandbox.start(
    { port: 0, region: "eu-west-1", issuers, sourceIp: null, answersFile: null },
    { clock: { now }, workingFolder: TOP, log: () => undefined },
  );
}

interface Beginning {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
  /** Those that have not ended. */
  readonly children: Set<ChildProcess>;
}

/** In a session of its own: nobody is at a terminal. It has no deadline: how long it takes is what others do meanwhile. */
function beginBrevet(words: readonly string[], { environment, cwd, input, children }: Beginning) {
  let said = "";
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listen of listeners) listen();
  };
  let hasEnded = false;
  const says = (text: string) =>
    new Promise<void>((resolve) => {
      const listen = (): void => {
        if (hasEnded || (said !== "" && said.includes(text))) resolve();
      };
      listeners.add(listen);
      listen();
    });
  let kill: () => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => {
    const options = { env: { ...environment }, cwd, encoding: "utf8" as const, detached: true };
    const child = execFile(file, [...args, ...words], options, (_error, stdout, stderr) => {
      hasEnded = true;
      heard();
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
    children.add(child);
    child.once("exit", () => children.delete(child));
    child.stderr?.on("data", (text: string) => {
      said += text;
      heard();
    });
    child.stdin?.end(input);
    kill = () => void child.kill("SIGKILL");
  });
  return { spoken: says(""), says, ended, kill };
}
