import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative } from "node:path";
import { after, before, describe, test } from "node:test";
import { brevetPaths } from "../../src/platform/paths.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../../src/stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../../src/stores/sealed-file/sealed-file-store.ts";
import { programUnderTest } from "../scripts/program.ts";
import { type Home, openHome, type Ran } from "../scripts/run-script.ts";

/*
 * The promise: no token, key or code is in any message, and none is written in clear to a disk. The program runs through
 * whatever it can do, well and badly, with secrets planted in each place that it reads; then all that it said and all
 * that it wrote is searched for them, in each form that they could take.
 */

const ISSUER = "https://id.example.com/laptop";
const ROLE = "arn:aws:iam::123456789012:role/dev";

/** What the hostile endpoint below puts into its answers. */
const PLANTED_KEY = "wJalrXUtnFEMI/K7MDENG/plantedAnswerKey00";
/** What the environment and the config hold by mistake. */
const PLANTED_AMBIENT = "plantedAmbientSecret0123456789ABCDEFGHIJ";

let home: Home;
let hostile: Server;
let hostileUrl: string;
const said: string[] = [];
const secrets = new Map<string, string>();

before(async () => {
  home = openHome(programUnderTest());
  hostile = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const echoed = /^\/(\d+)\/federation$/.exec(request.url ?? "");
      if (echoed === null) return answer(new URLSearchParams(body), response);
      response.writeHead(Number(echoed[1])).end(`<html><body>${body} ${new URLSearchParams(body).get("Session")}</body></html>`);
    });
  });
  await new Promise<void>((listening) => hostile.listen(0, "127.0.0.1", listening));
  hostileUrl = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
  await makeWorld();
});
after(async () => {
  await home.close();
  hostile.close();
});

/** Each way in which an endpoint can hand back what it was sent, or credentials that cannot be used. The session name chooses. */
const ANSWERS: Readonly<Record<string, (sent: string) => readonly [number, string]>> = {
  "echo-refused": (sent) => [
    400,
    `<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>${sent}</Message></Error></ErrorResponse>`,
  ],
  "echo-code": (sent) => [403, `<ErrorResponse><Error><Code>${sent}</Code><Message>no</Message></Error></ErrorResponse>`],
  "echo-message": (sent) => [
    403,
    `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${sent}</Message></Error></ErrorResponse>`,
  ],
  "echo-html": (sent) => [200, `<html><body>${sent} ${PLANTED_KEY}</body></html>`],
  "echo-broken": (sent) => [500, `${sent} ${PLANTED_KEY}`],
  "cut-off": () => [
    200,
    `<AssumeRoleWithWebIdentityResponse><Credentials><SecretAccessKey>${PLANTED_KEY}</SecretAccessKey><Sess`,
  ],
  "no-end": () => [
    200,
    `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAPLANTED</AccessKeyId>` +
      `<SecretAccessKey>${PLANTED_KEY}</SecretAccessKey><SessionToken>${PLANTED_KEY}</SessionToken><Expiration>soon</Expiration>` +
      `</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  ],
};

function answer(form: URLSearchParams, response: { writeHead(status: number): unknown; end(body: string): unknown }): void {
  const token = form.get("WebIdentityToken") ?? "";
  if (token !== "") secrets.set(`the assertion ${secrets.size}`, token);
  const [status, body] = ANSWERS[form.get("RoleSessionName") ?? ""]?.(token) ?? [404, ""];
  response.writeHead(status);
  response.end(body);
}

async function makeWorld(): Promise<void> {
  await mustRun(`brevet init laptop --signer software --issuer ${ISSUER}`);
  await mustRun("brevet issuer generate --add RS256");
  await mustRun("brevet issuer publish --to published");
  await home.background(`brevet sandbox start --folder sandbox --ready-file ready --issuer ${ISSUER}=./published`);
  const { url, caFile } = JSON.parse(readFileSync(join(home.folder, "ready"), "utf8")) as { url: string; caFile: string };
  const { identities } = JSON.parse((await mustRun("brevet status --json")).stdout) as { identities: [{ subject: string }] };
  await mustRun(`brevet sandbox trust --folder sandbox --issuer ${ISSUER} --subject ${identities[0].subject} --role dev`);
  home.variables["AWS_CA_BUNDLE"] = caFile;
  home.variables["AWS_ENDPOINT_URL_STS"] = url;
  for (const name of ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) home.variables[name] = PLANTED_AMBIENT;
  home.variables["BREVET_DEBUG"] = "1";
  secrets.set("the hostile endpoint's key", PLANTED_KEY);
  secrets.set("the key in the environment", PLANTED_AMBIENT);
}

async function mustRun(command: string): Promise<Ran> {
  const ran = await listen(command);
  assert.equal(ran.exit, 0, `${command}: ${ran.stderr}`);
  return ran;
}

/** Runs it and remembers all that it said. */
async function listen(command: string, stdin?: string): Promise<Ran> {
  const ran = await home.run(command, stdin);
  said.push(`${command}\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** The command whose stdout is the secret: only its stderr is searched. */
async function deliver(command: string): Promise<string> {
  const ran = await home.run(command);
  assert.equal(ran.exit, 0, `${command}: ${ran.stderr}`);
  said.push(`${command}\n${ran.stderr}`);
  return ran.stdout;
}

/** The device's private keys, opened by the store's own key: what must be nowhere in clear. */
async function openKeys(): Promise<void> {
  const paths = brevetPaths({ HOME: home.folder }, "linux");
  const files = privateFiles();
  const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
  const store = sealedFileStore({ paths, files, runKey: null, guard: () => chooseGuard({ asked: "file", kinds, files, paths }) });
  // Beside the keys: the subject, which is in every token, and where the keys are. Neither is a secret.
  const names = (await store.list("keys")).filter((name) => !/\.(subject|places)$/.test(name));
  assert.ok(names.length > 0);
  for (const name of names) {
    const sealed = (await store.load("keys", name))?.reveal() ?? "";
    for (const [part] of sealed.matchAll(/[A-Za-z0-9_\-+/=]{32,}/g)) secrets.set(`the key ${name}`, part);
    assert.ok(secrets.has(`the key ${name}`), "a key was found");
  }
}

/** A secret as it is, and as other encodings would write it; the middle, where neither a prefix nor padding disturbs. */
function forms(secret: string): readonly string[] {
  const middle = secret.slice(Math.floor(secret.length / 4)).slice(0, 24);
  const bytes = Buffer.from(secret, /^[\w-]+$/.test(secret) ? "base64url" : "base64");
  const text = Buffer.from(secret);
  const encoded = [bytes.toString("hex").slice(16, 48), text.toString("hex").slice(16, 48)];
  const shifted = [0, 1, 2].map((shift) => text.subarray(shift).toString("base64").slice(4, 28));
  return [middle, encodeURIComponent(middle), ...encoded, ...shifted].filter((form) => form.length >= 16);
}

function findIn(where: string, content: string): readonly string[] {
  return [...secrets].flatMap(([name, secret]) =>
    forms(secret).some((form) => content.includes(form)) ? [`${name} is in ${where}`] : [],
  );
}

describe("no secret leaves by a side door", { concurrency: 1 }, () => {
  test("while everything goes well", async () => {
    const printed = JSON.parse(await deliver(`brevet credential aws --role ${ROLE}`)) as Record<string, string>;
    secrets.set("AWS's key", printed["SecretAccessKey"] ?? "");
    secrets.set("AWS's session token", printed["SessionToken"] ?? "");
    const token = (await deliver("brevet token --audience https://app.example.com")).trim();
    const [, claims = "", signature = ""] = token.split(".");
    secrets.set("a token's signature", signature);
    secrets.set("a token", claims);
    await listen("brevet token inspect", token);
    await listen("brevet token inspect --json", token);
    for (const shell of ["bash", "fish", "powershell", "dotenv", "json"])
      await deliver(`brevet env --role ${ROLE} --shell ${shell}`);
    await listen(`brevet exec --role ${ROLE} -- true`);
    const page = await deliver(`AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL_STS brevet console --role ${ROLE} --print`);
    secrets.set("the console's sign-in token", new URL(page).searchParams.get("SigninToken") ?? "");
    await listen(`AWS_ENDPOINT_URL=$AWS_ENDPOINT_URL_STS SSH_TTY=x brevet console --role ${ROLE}`);
    for (const command of ["status", "status --json", "status --check", "login", "--help", "completion bash"])
      await listen(`brevet ${command}`);
  });

  for (const name of Object.keys(ANSWERS)) {
    test(`when an endpoint answers: ${name}`, async () => {
      const call = `brevet credential aws --role ${ROLE} --renew --endpoint-url ${hostileUrl} --session-name ${name}`;
      const ran = await listen(call);
      assert.notEqual(ran.exit, 0, call);
      assert.equal(ran.stdout, "");
      home.write("hostile.json", hostileConfig(name));
      await listen("BREVET_CONFIG=hostile.json brevet status --check --json");
    });
  }

  for (const status of [200, 400, 403, 500]) {
    test(`when the console's endpoint answers ${status} with what it was sent`, async () => {
      const ran = await listen(`AWS_ENDPOINT_URL_SIGNIN=${hostileUrl}/${status} brevet console --role ${ROLE} --print`);
      assert.notEqual(ran.exit, 0);
      assert.equal(ran.stdout, "");
    });
  }

  test("when what it is given is wrong", async () => {
    const { WebIdentityToken: token } = {
      WebIdentityToken: [...secrets].find(([name]) => name.startsWith("the assertion"))?.[1] ?? "",
    };
    assert.notEqual(token, "");
    await listen("brevet token inspect", `${token}x.y`);
    await listen("brevet token inspect", token.replace(".", ""));
    home.write("wrong.json", `{ "profiles": { "dev": { "aws": { "roleArn": { "secret": "${PLANTED_AMBIENT}" } } } } }`);
    await listen("BREVET_CONFIG=wrong.json brevet credential aws");
    home.write("broken.json", `{ "store": { "guard": "${PLANTED_AMBIENT}", } "x"`);
    await listen("BREVET_CONFIG=broken.json brevet status --json");
    await listen(`brevet credential aws --role ${ROLE} --endpoint-url https://127.0.0.1:1 --session-name unreachable --renew`);
    await listen("brevet credential aws --role arn:aws:iam::123456789012:role/absent");
    await listen(`brevet exec --role ${ROLE} -- /absent/program`);
  });

  test("and nothing of it stays in clear on the disk", async () => {
    await openKeys();
    const files = readdirSync(home.folder, { recursive: true, withFileTypes: true, encoding: "utf8" }).filter((entry) =>
      entry.isFile(),
    );
    // What the tests and the sandbox, which is AWS here, wrote themselves.
    const foreign = /^(sandbox\/|wrong\.json|broken\.json)/;
    const ours = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !foreign.test(relative(home.folder, file)));
    assert.ok(ours.length >= 8, `${ours.length} files were searched`);
    assert.deepEqual(
      ours.flatMap((file) => findIn(relative(home.folder, file), readFileSync(file, "latin1"))),
      [],
    );
  });

  test("nor was any of it said", () => {
    assert.ok(said.length >= 30 && secrets.size >= 10, `${said.length} answers were searched for ${secrets.size} secrets`);
    assert.deepEqual(
      said.flatMap((text) => findIn(text.slice(0, 200), text)),
      [],
    );
  });

  test("a leak would be seen", async () => {
    for (const secret of secrets.values()) {
      for (const leak of [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString("hex"),
        Buffer.from(`ab${secret}`).toString("base64"),
      ]) {
        assert.ok(findIn("a planted leak", `before ${leak} after`).length > 0, leak);
      }
    }
  });
});

function hostileConfig(sessionName: string): string {
  const identities = JSON.parse(JSON.stringify({ laptop: laptopEntry() }));
  return JSON.stringify({ identities, profiles: { dev: { aws: { roleArn: ROLE, endpointUrl: hostileUrl, sessionName } } } });
}

function laptopEntry(): unknown {
  const text = readFileSync(join(home.folder, ".config/brevet/config.json"), "utf8").replace(/^\/\/.*\n/, "");
  return (JSON.parse(text) as { identities: { laptop: unknown } }).identities.laptop;
}
