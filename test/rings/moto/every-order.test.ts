import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openSandbox } from "../../../src/sandbox/open-sandbox.ts";
import { type BrevetHome, inBrevetHome } from "../../scripts/brevet-home.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";

type Sandbox = Awaited<ReturnType<ReturnType<typeof openSandbox>["start"]>>;

/** moto is AWS; the sandbox is Google Cloud. */
let moto: Moto;
let google: Sandbox;
const folder = mkdtempSync(join(tmpdir(), "brevet-orders-"));

before(async () => {
  moto = await startMoto();
  google = await openSandbox(join(folder, "sandbox")).start(
    { port: 0, region: "us-east-1", issuers: [], sourceIp: null, answersFile: null },
    { clock: { now: () => Math.floor(Date.now() / 1000) }, workingFolder: folder, log: () => undefined },
  );
});
after(async () => {
  await google.close();
  await moto.stop();
  rmSync(folder, { recursive: true, force: true });
});

const GOOGLE = ["setup", "gcp", "--project", "example-project", "--role", "roles/viewer", "--wait", "0"];
const AWS = ["setup", "aws", "--policy-arn", POLICY_ARN, "--wait", "0"];
const AWS_INSTEAD = [...AWS, "--change-issuer"];
const ROLE = ["setup", "aws", "--role", "arn:aws:iam::123456789012:role/other", "--profile", "other"];

/** Runs of setups, and of what takes them away. */
const WALKS = [
  [GOOGLE, AWS_INSTEAD, GOOGLE, ["unsetup", "gcp-gcp"], ["unsetup", "aws-brevet"]],
  [GOOGLE, AWS_INSTEAD, GOOGLE, ["unsetup", "aws-brevet", "--even-if-trusted"], ["unsetup", "gcp-gcp"]],
  [GOOGLE, AWS_INSTEAD, GOOGLE, ["unsetup", "--all"]],
  [AWS, GOOGLE, ["unsetup", "gcp-gcp"], ["unsetup", "aws-brevet"]],
  [AWS, GOOGLE, ["unsetup", "aws-brevet", "--even-if-trusted"], ["unsetup", "gcp-gcp"]],
  [AWS, GOOGLE, ROLE, AWS, ["unsetup", "--all"]],
  [ROLE, GOOGLE, AWS_INSTEAD, ["unsetup", "gcp-gcp"], ["unsetup", "aws-other"], ["unsetup", "aws-brevet"]],
];

/** What a person sees of the home; the rest is brevet's memory of what was done. */
function visible(home: BrevetHome): unknown {
  const files = Object.entries(home.snapshot());
  return Object.fromEntries(files.filter(([name]) => !/^\.(local|cache)\//.test(name) || name.includes("/setups/")));
}

describe("setups of several clouds", () => {
  for (const walk of WALKS) {
    const name = walk.map((words) =>
      words.filter((word) => !/^--(project|policy|role|wait)|[:/]|^\d|example/.test(word)).join(" "),
    );
    it(`leave account and home as they were: ${name.join(", ")}`, () =>
      inBrevetHome(async (home) => {
        home.write(".config/brevet/config.json", "{}\n");
        const program = home.write("bin/brevet", "#!/bin/sh\n", 0o755);
        assert.equal(home.brevet("init", "laptop", "--signer", "software").status, 0);
        const [account, files] = [await moto.snapshot(), visible(home)];
        const administrator = { ...google.variables, ...moto.environment, AWS_ENDPOINT_URL_STS: moto.url };
        for (const words of walk) {
          const more = words[0] === "setup" ? ["--program", program] : [];
          const { status, stderr } = await home.startWith(administrator, ...words, ...more);
          assert.equal(status, 0, `${words.join(" ")}\n${stderr}`);
        }
        assert.deepEqual(await moto.snapshot(), account);
        assert.deepEqual(visible(home), files);
      }));
  }
});
