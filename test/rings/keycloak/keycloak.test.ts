import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSandbox, type StartedSandbox } from "../../../src/sandbox/open-sandbox.ts";
import { tunnelProxy } from "../../contracts/http-servers.ts";
import { browserProgram } from "../../providers/browser-program.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { type Keycloak, startKeycloak } from "./keycloak.ts";

/** A person with a browser, Keycloak at https://keycloak.example, brevet as people run it, and an AWS that trusts Keycloak. */

const HOST = "keycloak.example";
const ACCOUNT = "123456789012";
const USER = "6f9f6a3e-1111-4000-8000-00000000a11c";
const [file, ...args] = programUnderTest().command;

let home: string;
let keycloak: Keycloak;
let sandbox: StartedSandbox;
let proxy: Awaited<ReturnType<typeof tunnelProxy>>;
let environment: Record<string, string>;

before(
  async () => {
    home = mkdtempSync(join(tmpdir(), "brevet-keycloak-"));
    const now = () => Math.floor(Date.now() / 1000);
    const folder = join(home, "sandbox");
    const closed = openSandbox(folder);
    const { certificate, key } = await closed.certificate([HOST], now);
    keycloak = await startKeycloak({
      host: HOST,
      certificate: { cert: certificate, key },
      caFile: join(folder, "ca.pem"),
      folder: home,
    });
    const caller = { kind: "issuer", issuer: keycloak.issuer, subject: USER, audience: "brevet" } as const;
    closed.trust({ accountId: ACCOUNT, role: "dev", caller, allowTags: false, allowSourceIdentity: false, mayAssume: [] });
    const saml = { kind: "saml", provider: "keycloak", metadata: await keycloak.samlMetadata() } as const;
    closed.trust({
      accountId: ACCOUNT,
      role: "saml-dev",
      caller: saml,
      allowTags: false,
      allowSourceIdentity: false,
      mayAssume: [],
    });
    const issuers = [`${keycloak.issuer}=127.0.0.1:${keycloak.port}`];
    const wish = { port: 0, region: "eu-west-1", issuers, sourceIp: null, answersFile: null };
    sandbox = await closed.start(wish, { clock: { now }, workingFolder: home, log: () => undefined });
    proxy = await tunnelProxy(keycloak.port);
    environment = {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      BREVET_STORE: "file",
      LC_ALL: "C.UTF-8",
      ...sandbox.variables,
      NO_PROXY: "127.0.0.1",
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      BROWSER: browserProgram(home),
      PERSON: "alice",
      PERSON_HOSTS: JSON.stringify({ [HOST]: keycloak.port }),
      PERSON_AUTHORITY: sandbox.running.caFile,
      PERSON_LOG: join(home, "browser.log"),
    };
    writeConfig();
  },
  { timeout: 660_000 },
);
after(async () => {
  proxy?.stop();
  await sandbox?.close();
  await keycloak?.close();
  rmSync(home, { recursive: true, force: true });
});

function writeConfig(): void {
  const identity = (clientId: string) => ({ kind: "oidc", issuer: keycloak.issuer, clientId });
  const profile = (name: string, aws: object) => ({
    identity: name,
    interactive: "always",
    aws: { region: "eu-west-1", ...aws },
  });
  const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const config = {
    identities: { work: identity("brevet"), closed: identity("brevet-without-exchange") },
    profiles: {
      dev: profile("work", { roleArn: role("dev") }),
      saml: profile("work", { roleArn: role("saml-dev"), saml: {} }),
      unoffered: profile("work", { roleArn: role("admin"), saml: {} }),
      closed: profile("closed", { roleArn: role("saml-dev"), saml: {} }),
      "id-token": profile("id-token", { roleArn: role("saml-dev"), saml: {} }),
    },
  };
  const all = { ...config, identities: { ...config.identities, "id-token": { ...identity("brevet"), samlSubjectToken: "id" } } };
  mkdirSync(join(home, ".config/brevet"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, ".config/brevet/config.json"), JSON.stringify(all), { mode: 0o600 });
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: environment, cwd: home, encoding: "utf8" as const, detached: true, timeout: 60_000 };
    execFile(program, words, options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const brevet = (...words: readonly string[]): Promise<Ended> => run(file, [...args, ...words]);

async function callerArn(profile: string): Promise<string> {
  // Debian's aws does not know AWS_ENDPOINT_URL.
  const call = ["aws", "--endpoint-url", sandbox.running.url, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
  const { status, stdout, stderr } = await brevet("exec", profile, "--", ...call);
  assert.equal(status, 0, `${stderr}\n${readFileSync(join(home, "browser.log"), "utf8")}`);
  return stdout.trim();
}

test("signs a person in at Keycloak, and the ID token leads to AWS credentials", async () => {
  assert.equal(await callerArn("dev"), `arn:aws:sts::${ACCOUNT}:assumed-role/dev/${USER}`);
  const { stdout } = await brevet("status", "--json");
  const { identities } = JSON.parse(stdout) as {
    readonly identities: readonly { readonly name: string; readonly summary: string }[];
  };
  assert.match(identities.find(({ name }) => name === "work")?.summary ?? "", /alice/);
});

test("the same session leads to AWS through SAML, with nobody asked again", async () => {
  const tabs = () => readFileSync(join(home, "browser.log"), "utf8").split("\n").length;
  const before = tabs();
  assert.equal(await callerArn("saml"), `arn:aws:sts::${ACCOUNT}:assumed-role/saml-dev/alice`);
  assert.equal(tabs(), before);
});

test("the roles that Keycloak offers are listed, and one of them is taken without a profile", async () => {
  const { stdout, stderr } = await brevet("roles", "work", "--saml");
  assert.deepEqual(
    stdout.trim().split("\n").sort(),
    [`arn:aws:iam::${ACCOUNT}:role/saml-dev`, `arn:aws:iam::${ACCOUNT}:role/saml-ops`],
    stderr,
  );
  const role = ["--role", `arn:aws:iam::${ACCOUNT}:role/saml-dev`, "--identity", "work", "--saml"];
  const { status, stdout: credentials } = await brevet("credential", "aws", ...role);
  assert.equal(status, 0);
  assert.match(credentials, /^\{"Version":1,"AccessKeyId":"ASIA/);
});

test("a profile that setup writes for SAML works as it is", async () => {
  const role = ["--role", `arn:aws:iam::${ACCOUNT}:role/saml-dev`, "--region", "eu-west-1"];
  const program = join(home, "brevet");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
  const written = await brevet(
    "setup",
    "aws",
    "--saml",
    ...role,
    "--identity",
    "work",
    "--profile",
    "by-setup",
    "--program",
    program,
  );
  assert.equal(written.status, 0, written.stderr);
  assert.equal(await callerArn("by-setup"), `arn:aws:sts::${ACCOUNT}:assumed-role/saml-dev/alice`);
  assert.equal((await brevet("unsetup", "aws-by-setup")).status, 0);
});

test("a role that the assertion does not offer is refused, and the ones it offers are named", async () => {
  const { status, stdout, stderr } = await brevet("credential", "aws", "--profile", "unoffered");
  assert.equal(stdout, "");
  assert.equal(status, 5, stderr);
  assert.match(stderr, /ROLE_UNOFFERED/);
  assert.match(
    stderr,
    /role\/saml-dev, arn:aws:iam::123456789012:role\/saml-ops|role\/saml-ops, arn:aws:iam::123456789012:role\/saml-dev/,
  );
});

for (const [profile, why] of [
  ["closed", "to a client without the permission"],
  ["id-token", "for an ID token"],
] as const) {
  test(`Keycloak gives no assertion ${why}, and it is said what to switch on`, async () => {
    const { status, stdout, stderr } = await brevet("credential", "aws", "--profile", profile);
    assert.equal(stdout, "");
    assert.equal(status, 5, stderr);
    assert.match(stderr, /TOKEN_EXCHANGE_REFUSED/);
    assert.match(stderr, /token-exchange:v1/);
  });
}
