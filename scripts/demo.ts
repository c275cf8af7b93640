import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";

/*
 * The whole story on one machine: a device key, its issuer, a local AWS that trusts it, and a real AWS client. It is a
 * script of commands that are printed as they could be typed; nothing happens here that a user could not do.
 *
 * Everything is in one temporary folder, HOME included, and is gone at the end.
 */

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "brevet-demo-"));
const issuer = "https://issuer.example/laptop";
const role = "arn:aws:iam::123456789012:role/developer";
const program = join(project, "dist", "brevet.cjs");
const background: ChildProcess[] = [];

/** The user's shell: an empty home, our program on the PATH, and none of the machine's own AWS settings. */
const environment: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|BREVET_|XDG_|CI$|NODE_EXTRA_CA_CERTS$)/.test(name)),
  ),
  HOME: folder,
  USERPROFILE: folder,
  // The SDK's advice to move to a newer Node is no part of the story.
  NODE_NO_WARNINGS: "1",
  PATH: [join(folder, "bin"), process.env["PATH"]].join(delimiter),
};

async function main(): Promise<void> {
  installProgram();
  say("a device identity: this machine's own key. In a demo the store's key is a file; a keychain is the default");
  run("brevet init laptop --signer software --store file");

  say("its two public documents, published: here into a folder, in earnest on any static host");
  run(`brevet issuer generate laptop --issuer ${issuer}`);
  run("brevet issuer publish laptop --to public");
  run("cat public/keys.json");

  say("a local AWS is told to trust that issuer, by a role with a real trust policy, and is started");
  run(`brevet sandbox trust --issuer ${issuer} --subject ${subject()} --role developer`);
  await start(`brevet sandbox start --issuer ${issuer}=public --ready-file ready`, "ready");
  useSandbox();

  say("a profile for AWS tools, which asks brevet for credentials");
  run(`brevet setup aws --role ${role} --region us-east-1 --program ${program}`);
  run("cat ~/.aws/config");

  say("a real AWS client reads the profile: the AWS SDK for JavaScript");
  const arn = run(`node ${join(project, "scripts/demo/caller-identity.mjs")}`, { AWS_PROFILE: "brevet" }).trim();
  if (commandExists("aws")) {
    say("and the aws command");
    run("aws sts get-caller-identity --profile brevet");
  }
  run("brevet status --check");
  if (!/^arn:aws:sts::123456789012:assumed-role\/developer\/laptop-/.test(arn)) throw new Error(`unexpected caller: ${arn}`);
  finish(arn);
}

function finish(arn: string): void {
  const strong = (text: string): string => styleText("bold", text);
  console.log(`\n${styleText("green", "done")}: AWS knows this machine as ${strong(arn)}`);
  console.log(`\nOn a real AWS account, type next:\n
  ${strong("npm run build:binary")}                                    then put build/bin/brevet into a folder of your PATH
  ${strong("brevet init laptop")}                                      the key, in the best signer of this machine
  ${strong("brevet issuer generate --issuer https://YOUR-HOST/laptop")}  then upload the two files, or publish them
  ${strong("brevet setup aws --role arn:aws:iam::ACCOUNT:role/NAME")}    a profile of a role that trusts it
  ${strong("aws s3 ls --profile brevet")}

docs/guides/quickstart.md has the role's trust policy, and everything in between.`);
}

/** Builds what is run, so that the demo never shows yesterday's program. */
function installProgram(): void {
  const build = spawnSync("npm run --silent build", { cwd: project, stdio: "inherit", shell: true });
  if (build.status !== 0) throw new Error("the build failed");
  mkdirSync(join(folder, "bin"));
  symlinkSync(program, join(folder, "bin", "brevet"));
}

/** Runs a command as it was printed, in the demo's folder. @returns its stdout. */
function run(line: string, more: NodeJS.ProcessEnv = {}): string {
  const prefix = Object.entries(more)
    .map(([name, value]) => `${name}=${value} `)
    .join("");
  console.log(styleText("cyan", `$ ${prefix}${line}`));
  const { status, stdout } = spawnSync(line, {
    cwd: folder,
    env: { ...environment, ...more },
    shell: true,
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  process.stdout.write(stdout);
  if (status !== 0) throw new Error(`\`${line}\` ended with ${status}`);
  return stdout;
}

/** Runs a command in the background until the demo ends, and waits for its sign that it is ready. */
async function start(line: string, readyFile: string): Promise<void> {
  console.log(styleText("cyan", `$ ${line} &`));
  const [command = "", ...args] = line.split(" ");
  const child = spawn(join(folder, "bin", command), args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  background.push(child);
  const deadline = Date.now() + 20_000;
  while (!existsSync(join(folder, readyFile))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`\`${line}\` did not become ready`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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

/** The subject that `init` made, as `status` shows it. */
function subject(): string {
  const { stdout } = spawnSync("brevet status --json", { cwd: folder, env: environment, shell: true, encoding: "utf8" });
  const report = JSON.parse(stdout) as { identities: { subject: string }[] };
  return report.identities[0]?.subject ?? "";
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
  for (const child of background) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
