import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { createHttp } from "../src/platform/http/create-http.ts";
import { tunnelProxy } from "../test/contracts/http-servers.ts";
import { findChromium } from "../test/server/find-chromium.ts";
import type { PersonAtBrowser } from "../test/server/person-at-browser.ts";
import { personInChromium } from "../test/server/person-in-chromium.ts";
import { personOverHttp } from "../test/server/person-over-http.ts";
import { freePort } from "../test/server/trial-server.ts";
import { browserThatCalls } from "./demo/browser-that-calls.ts";

/*
 * The login server's whole story on one machine: a server on an empty folder, its first administrator with a security key, one
 * sign-in, and a real AWS client whose caller is that person. The commands are printed as they could be typed; the person at the
 * browser is Chromium with a virtual security key, or what a browser would send.
 *
 * Everything is in one temporary folder, HOME included, and is gone at the end.
 */

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "brevet-demo-"));
const issuer = "https://id.example";
const role = "arn:aws:iam::123456789012:role/developer";
const program = join(project, "dist", "brevet.cjs");
const background: ChildProcess[] = [];
const endings: (() => unknown)[] = [];

/** The user's shell: an empty home, our program on the PATH, and none of the machine's own AWS settings. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(AWS_|BREVET_|XDG_|CI$|BROWSER$|NODE_EXTRA_CA_CERTS$|.*_proxy$)/i.test(name),
    ),
  ),
  HOME: folder,
  USERPROFILE: folder,
  // The SDK's advice to move to a newer Node, and the provider's, are no part of the story.
  NODE_NO_WARNINGS: "1",
  PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
};

async function main(): Promise<void> {
  installProgram();
  const port = await freePort();

  say(`a login server at ${issuer}, on an empty folder; its certificate is one that only this demo trusts`);
  run("brevet sandbox certificate id.example --out id.pem");
  const flags = `--issuer ${issuer} --listen 127.0.0.1:${port} --certificate id.pem --key id.pem`;
  const link = await startServer(`brevet serve --data server ${flags}`);

  say("a local AWS whose role trusts that issuer, for one person");
  run(`brevet sandbox trust ${trustFlags()}`);
  await startSandbox(`brevet sandbox start --issuer ${issuer}=127.0.0.1:${port} --ready-file ready`);
  useSandbox();
  await leadTo(port);

  const alice = await openPerson(port);
  say(`Alice opens the link that the server printed, ${alice.how}, and registers her security key`);
  await alice.enrol(link, { email: "alice@example.com", name: "Alice", keyName: "blue key" });
  console.log("registered: alice@example.com, an administrator");

  say("once a day she signs in: brevet opens a browser, she touches her key");
  const browser = await browserThatCalls(folder, (url) => alice.signIn(url));
  endings.push(browser.close);
  environment["BROWSER"] = browser.program;
  await runWhileServing(`brevet login ${issuer} --store file`);

  say("a profile for AWS tools, which asks brevet for credentials");
  run(`brevet setup aws --role ${role} --region us-east-1 --program ${program}`);

  say("a real AWS client reads the profile: the AWS SDK for JavaScript");
  const arn = (
    await runWhileServing(`node ${join(project, "scripts/demo/caller-identity.mjs")}`, { AWS_PROFILE: "brevet" })
  ).trim();
  if (commandExists("aws")) {
    say("and the aws command");
    await runWhileServing("aws sts get-caller-identity --profile brevet");
  }

  say("at the end of the day, or when a laptop is lost: the session is over here and at the server");
  await runWhileServing("brevet logout");
  if (arn !== "arn:aws:sts::123456789012:assumed-role/developer/alice@example.com") throw new Error(`unexpected caller: ${arn}`);
  console.log(`\n${styleText("green", "done")}: AWS knows the caller as ${styleText("bold", arn)}`);
  console.log(`the person was ${alice.how}. docs/guides/login-server.md tells how to run it in earnest.`);
}

function trustFlags(): string {
  return `--issuer ${issuer} --audience ${issuer} --subject alice@example.com --role developer --allow-tags --allow-source-identity`;
}

/** Alice at Chromium where there is one; `DEMO_BROWSER=none` is for who wants to see it without. */
async function openPerson(port: number): Promise<PersonAtBrowser> {
  const executable = process.env["DEMO_BROWSER"] === "none" ? null : findChromium();
  const person =
    executable === null
      ? personOverHttp(issuer, createHttp({ environment }))
      : await personInChromium(executable, {
          hosts: { "id.example:443": `127.0.0.1:${port}` },
          certificate: readFileSync(join(folder, "id.pem"), "utf8"),
        });
  endings.push(() => person.close());
  return person;
}

/** The name leads to this machine for everything that is started here, through a proxy as in a company's network. */
async function leadTo(port: number): Promise<void> {
  const proxy = await tunnelProxy(port);
  endings.push(() => proxy.stop());
  environment["HTTPS_PROXY"] = `http://127.0.0.1:${proxy.port}`;
  environment["NO_PROXY"] = "127.0.0.1,localhost";
}

/** Builds what is run, so that the demo never shows yesterday's program. */
function installProgram(): void {
  const build = spawnSync("npm run --silent build", { cwd: project, stdio: "inherit", shell: true });
  if (build.status !== 0) throw new Error("the build failed");
  mkdirSync(join(folder, "bin"));
  symlinkSync(program, join(folder, "bin", "brevet"));
}

/** Runs a command as it was printed, in the demo's folder. */
function run(line: string): void {
  console.log(styleText("cyan", `$ ${line}`));
  const { status } = spawnSync(line, { cwd: folder, env: environment, shell: true, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`\`${line}\` ended with ${status}`);
}

/** The same, while this process goes on serving the browser and the name. @returns its stdout. */
async function runWhileServing(line: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
  const prefix = Object.entries(more).map(([name, value]) => `${name}=${value} `);
  console.log(styleText("cyan", `$ ${prefix.join("")}${line}`));
  const child = spawn(line, { cwd: folder, env: { ...environment, ...more }, shell: true, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    process.stdout.write(chunk);
  });
  const status = await new Promise<number | null>((ended) => child.once("close", ended));
  if (status !== 0) throw new Error(`\`${line}\` ended with ${status}`);
  return stdout;
}

/** Starts the server and shows what it says, but not its log. @returns the link for the first administrator. */
async function startServer(line: string): Promise<string> {
  const child = startInBackground(line, "pipe");
  return new Promise((found, failed) => {
    let said = "";
    child.once("exit", (code) => failed(new Error(`\`${line}\` ended with ${code}: ${said}`)));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      for (const part of chunk.split("\n")) if (/^brevet: |"level":"error"/.test(part)) console.log(part);
      const link = /https:\/\/\S+\/invite\/\S+/.exec(said)?.[0];
      if (link !== undefined) found(link);
    });
  });
}

async function startSandbox(line: string): Promise<void> {
  const child = startInBackground(line, "inherit");
  const deadline = Date.now() + 20_000;
  while (!existsSync(join(folder, "ready"))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`\`${line}\` did not become ready`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function startInBackground(line: string, errors: "pipe" | "inherit"): ChildProcess {
  console.log(styleText("cyan", `$ ${line} &`));
  const [command = "", ...args] = line.split(" ");
  const child = spawn(join(folder, "bin", command), args, { cwd: folder, env: environment, stdio: ["ignore", "ignore", errors] });
  background.push(child);
  return child;
}

/** What `eval "$(brevet sandbox env)"` does in a shell. */
function useSandbox(): void {
  console.log(styleText("cyan", '$ eval "$(brevet sandbox env)"'));
  const { stdout } = spawnSync("brevet sandbox env --shell json", {
    cwd: folder,
    env: environment,
    shell: true,
    encoding: "utf8",
  });
  Object.assign(environment, JSON.parse(stdout));
}

function commandExists(name: string): boolean {
  return spawnSync(name, ["--version"], { env: environment, shell: process.platform === "win32" }).status === 0;
}

function say(line: string): void {
  console.log(`\n${styleText("dim", `# ${line}`)}`);
}

try {
  await main();
} finally {
  for (const end of endings.reverse()) await end();
  for (const child of background) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
