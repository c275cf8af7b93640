import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { browserThatCalls } from "../../../scripts/demo/browser-that-calls.ts";
import { playOnStage, type Stage } from "../../../scripts/demo/stage.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { tunnelProxy } from "../../contracts/http-servers.ts";
import { freePort } from "../../free-port.ts";
import { guidePolicy } from "../../guide-policies.ts";
import { personOverHttp } from "../../server/person-over-http.ts";

const ISSUER = "https://id.example.com";
/** A role for each thing to try: a policy of the guide, or one changed in one place. */
interface Trial {
  readonly policy: unknown;
  /** What brevet says when AWS refuses; null: AWS takes it. */
  readonly refusal: RegExp | null;
}

const changed = (heading: string, from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(guidePolicy(heading)).replaceAll(from, to));

const DENIED = /EXCHANGE_REFUSED/;
const TRIALS: Readonly<Record<string, Trial>> = {
  everybody: { policy: guidePolicy("Everybody at the server"), refusal: null },
  audience: { policy: changed("Everybody at the server", '"https://id.example.com"', '"sts.amazonaws.com"'), refusal: DENIED },
  person: { policy: guidePolicy("One person, by e-mail address"), refusal: null },
  stranger: { policy: changed("One person, by e-mail address", "alice@", "bob@"), refusal: DENIED },
  domain: { policy: guidePolicy("Everybody of a domain"), refusal: null },
  elsewhere: { policy: changed("Everybody of a domain", "*@example.com", "*@example.org"), refusal: DENIED },
  group: { policy: guidePolicy("A group"), refusal: null },
  othergroup: { policy: changed("A group", "group/platform", "group/finance"), refusal: DENIED },
  untagged: { policy: changed("Everybody at the server", '"sts:TagSession",', ""), refusal: /sts:TagSession/ },
  unsourced: { policy: changed("Everybody at the server", ',"sts:SetSourceIdentity"', ""), refusal: /sts:SetSourceIdentity/ },
};

test("the guide's policies let in whom they say, and nobody else", async () => {
  await playOnStage(async (stage) => {
    await openServerAndAws(stage);
    for (const [role, { policy: trustPolicy }] of Object.entries(TRIALS)) {
      const arn = `arn:aws:iam::123456789012:role/${role}`;
      writeIam(stage, "roles", role, { arn, maxSessionDuration: 3600, trustPolicy });
      await stage.run(`brevet setup aws --role ${arn} --profile ${role} --region us-east-1 --program ${stage.program}`);
    }
    for (const [role, { refusal }] of Object.entries(TRIALS)) {
      const { status, stdout, stderr } = await tryProfile(stage, role);
      if (refusal !== null) assert.match(stderr, refusal, role);
      else assert.match(stdout, new RegExp(`assumed-role/${role}/alice@example\\.com`), stderr);
      assert.equal(status === 0, refusal === null, role);
    }
  });
});

/** What the tests of the guide start from: a server with Alice of the group `platform`, signed in, and an AWS with the provider alone. */
async function openServerAndAws(stage: Stage): Promise<void> {
  const { run, start, startUntil, environment, atEnd } = stage;
  const port = await freePort();
  await run("brevet sandbox certificate id.example.com --out id.pem");
  const flags = `--issuer ${ISSUER} --listen 127.0.0.1:${port} --certificate id.pem --key id.pem`;
  const link = await linkOf(start(`brevet serve --data server ${flags}`));
  const trust = "--subject nobody --role nobody";
  await run(`brevet sandbox trust --issuer ${ISSUER} --audience ${ISSUER} ${trust}`);
  await startUntil(`brevet sandbox start --issuer ${ISSUER}=127.0.0.1:${port} --ready-file ready`, "ready");
  stage.useSandbox();
  const proxy = await tunnelProxy(port);
  atEnd(() => proxy.stop());
  Object.assign(environment, { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "127.0.0.1,localhost" });
  const alice = personOverHttp(ISSUER, createHttp({ environment }));
  await alice.enrol(link, { email: "alice@example.com", name: "Alice", keyName: "blue key" });
  const browser = await browserThatCalls(stage.folder, (url) => alice.signIn(url));
  atEnd(browser.close);
  environment["BROWSER"] = browser.program;
  await run(`brevet login ${ISSUER} --store file`);
  await run("brevet admin groups add platform alice@example.com");
  writeFileSync(join(stage.folder, "rules.json"), JSON.stringify([{ name: "all", effect: "allow", tagGroups: ["platform"] }]));
  await run("brevet admin rules replace rules.json --yes");
}

function writeIam({ environment }: Stage, kind: string, name: string, value: unknown): void {
  const folder = join(environment["HOME"] ?? "", SANDBOX_FOLDER, "iam", kind);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(value));
}

const SANDBOX_FOLDER = ".local/state/brevet/sandbox";

function linkOf(server: ReturnType<Stage["start"]>): Promise<string> {
  return new Promise((found, failed) => {
    let said = "";
    server.once("exit", () => failed(new Error(said)));
    server.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      const link = /https:\/\/\S+\/invite\/\S+/.exec(said)?.[0];
      if (link !== undefined) found(link);
    });
  });
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** As AWS tools do. */
async function tryProfile({ environment, folder }: Stage, profile: string): Promise<Ended> {
  const run = (program: string, words: readonly string[]): Promise<Ended> =>
    new Promise((ended) => {
      execFile(program, words, { env: environment, encoding: "utf8" }, (error, stdout, stderr) =>
        ended({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const own = await run(join(folder, "bin", "brevet"), ["credential", "aws", "--profile", profile]);
  return own.status === 0 ? run("aws", ["sts", "get-caller-identity", "--profile", profile]) : own;
}
