import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openSandbox } from "../../../src/sandbox/open-sandbox.ts";
import { tunnelProxy } from "../../contracts/http-servers.ts";
import { freePort } from "../../free-port.ts";
import { launchChromium, type NotingBrowser, notingBrowser } from "../../providers/noting-browser.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { PATIENCE_MS } from "../../server/person-in-chromium.ts";
import { type Glewlwyd, startGlewlwyd } from "./glewlwyd.ts";

export const HOST = "glewlwyd.example";
export const ACCOUNT = "123456789012";
const [file, ...args] = programUnderTest().command;

/** A person at a real Chromium, Glewlwyd at https://glewlwyd.example, brevet as people run it, and an AWS that trusts Glewlwyd. */
export interface GlewlwydWorld {
  readonly glewlwyd: Glewlwyd;
  /** The ports that are registered there. */
  readonly ports: readonly [number, number];
  /** A PEM file of who signed Glewlwyd's certificate. */
  readonly caFile: string;
  /** The person's browser; Chromium opens what brevet wants to have opened only when a test says so. */
  readonly page: Page;
  readonly opened: NotingBrowser;
  /** Has the role `dev` trust somebody more. */
  trust(subject: string): void;
  /** In a session of its own: nobody is at a terminal. */
  begin(program: string, ...words: readonly string[]): Begun;
  brevet(...words: readonly string[]): Begun;
  close(): Promise<void>;
}

export interface Begun {
  readonly child: ChildProcess;
  /** Waits until stderr has it. */
  says(what: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
}

export async function openGlewlwydWorld(): Promise<GlewlwydWorld> {
  const home = mkdtempSync(join(tmpdir(), "brevet-glewlwyd-"));
  const now = () => Math.floor(Date.now() / 1000);
  const folder = join(home, "sandbox");
  const closed = openSandbox(folder);
  const { certificate, key } = await closed.certificate([HOST], now);
  const ports = [await freePort(), await freePort()] as const;
  const caFile = join(folder, "ca.pem");
  const redirectUris = ports.map((port) => `http://127.0.0.1:${port}/callback`);
  const glewlwyd = await startGlewlwyd({
    host: HOST,
    certificate: { cert: certificate, key },
    caFile,
    folder: home,
    redirectUris,
  });
  const trust = (subject: string): void => {
    const caller = { kind: "issuer", issuer: glewlwyd.issuer, subject, audience: "browser" } as const;
    closed.trust({ accountId: ACCOUNT, role: "dev", caller, allowTags: false, allowSourceIdentity: false, mayAssume: [] });
  };
  // A role trusts somebody from the beginning.
  trust("somebody-else");
  const issuers = [`${glewlwyd.issuer}=127.0.0.1:${glewlwyd.port}`];
  const wish = { port: 0, region: "eu-west-1", issuers, sourceIp: null, answersFile: null };
  const sandbox = await closed.start(wish, { clock: { now }, workingFolder: home, log: () => undefined });
  const proxy = await tunnelProxy(glewlwyd.port);
  const opened = notingBrowser(home);
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    BREVET_STORE: "file",
    LC_ALL: "C.UTF-8",
    ...sandbox.variables,
    NO_PROXY: "127.0.0.1",
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    BROWSER: opened.program,
  };
  writeConfigs(home, glewlwyd.issuer, ports);
  const chromium: Browser = await launchChromium({ [HOST]: glewlwyd.port });
  const page = await chromium.newPage({ ignoreHTTPSErrors: true });
  page.setDefaultTimeout(PATIENCE_MS);
  const running = new Set<ChildProcess>();
  const begin = (program: string, ...words: readonly string[]): Begun =>
    beginProgram([program, ...words], { environment, home, running });
  return {
    glewlwyd,
    ports,
    caFile,
    page,
    opened,
    trust,
    begin,
    brevet: (...words) => begin(file, ...args, ...words),
    async close() {
      for (const child of running) child.kill("SIGKILL");
      await chromium.close();
      proxy.stop();
      await sandbox.close();
      await glewlwyd.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function writeConfigs(home: string, issuer: string, ports: readonly number[]): void {
  const identity = (clientId: string, more: object) => ({ kind: "oidc", issuer, clientId, ...more });
  const aws = { region: "eu-west-1", roleArn: `arn:aws:iam::${ACCOUNT}:role/dev` };
  const config = {
    identities: {
      work: identity("browser", { redirect: { ports }, dpop: { signer: "software" } }),
      // Any free port, which this provider does not take.
      "any-port": identity("browser", {}),
      elsewhere: identity("device", { signIn: "device" }),
    },
    profiles: { dev: { identity: "work", interactive: "always", aws } },
  };
  mkdirSync(join(home, ".config/brevet"), { recursive: true, mode: 0o700 });
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".config/brevet/config.json"), JSON.stringify(config), { mode: 0o600 });
  const command = [file, ...args, "credential", "aws", "--profile", "dev"].join(" ");
  writeFileSync(join(home, ".aws/config"), `[profile dev]\ncredential_process = ${command}\nregion = eu-west-1\n`);
}

interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly running: Set<ChildProcess>;
}

function beginProgram([program = "", ...words]: readonly string[], { environment, home, running }: Surroundings): Begun {
  const child = spawn(program, words, { env: { ...environment }, cwd: home, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Awaited<Begun["ended"]>>((resolve) => {
    child.once("close", (status) => {
      running.delete(child);
      resolve({ status, stdout, stderr });
    });
  });
  const says = (what: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = what.exec(stderr);
        if (found !== null) resolve(found);
      };
      look();
      child.stderr.on("data", look);
      child.once("close", () => reject(new Error(`it ended without saying ${what}:\n${stderr}`)));
    });
  return { child, says, ended };
}
