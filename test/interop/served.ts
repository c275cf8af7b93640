import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { EXECUTABLE, NODE_PROGRAM } from "../bench/run-jobs.ts";
import { makeWorld, PROFILE, type World } from "../bench/world.ts";

const PROGRAMS = { "the Node build": NODE_PROGRAM, "the executable": EXECUTABLE };

/** What serves; a test file that names the executable belongs to a ring that has it built. */
export type Served = keyof typeof PROGRAMS;

const BOTH: readonly Served[] = ["the Node build", "the executable"];

const ARN = /arn:aws:sts::123456789012:assumed-role\/bench\/bench-[a-z2-7]{10}\b/;

/**
 * Proves that a real AWS client, which knows nothing of brevet but the profile that `setup aws` wrote, is served with
 * credentials by the built program, and that these are good at AWS: a device, its issuer and the sandbox are all real.
 *
 * @param command what asks AWS who it is, with the default chain of that client, and prints the ARN in its answer.
 */
export function describeServed(
  client: string,
  command: () => readonly [string, ...string[]],
  names: readonly Served[] = BOTH,
): void {
  describe(`${client} is served through credential_process`, () => {
    for (const name of names) {
      test(`by ${name}`, async () => {
        const world = await makeWorld({ program: PROGRAMS[name], guard: "file", runKey: false });
        try {
          const [word, ...rest] = command();
          const environment = { ...world.environment, AWS_PROFILE: PROFILE, NODE_EXTRA_CA_CERTS: world.caFile };
          const { status, stdout, stderr } = spawnSync(word, rest, { env: environment, encoding: "utf8" });
          assert.equal(status, 0, stderr);
          assert.match(stdout, ARN);
          assert.equal(world.countAction("AssumeRoleWithWebIdentity"), 1);
          assert.equal(world.countAction("GetCallerIdentity"), 1);
        } finally {
          await world.stop();
        }
      });
    }
  });
}

/** How long the credentials live that {@link describeOutliving} hands out. AWS's own live for 15 minutes at least. */
const LIFE_SECONDS = 6;

/**
 * Proves that a real AWS client under `exec --serve` goes on when the credentials have ended that it began with: it gets others by
 * itself, from the built program, and calls AWS with them.
 *
 * @param command prints its access key ID, or what it shows of it, and the ARN that AWS answers, in a line; sleeps for `$BREVET_TEST_LIFE` seconds; and again.
 */
export function describeOutliving(
  client: string,
  command: () => readonly [string, ...string[]],
  names: readonly Served[] = BOTH,
): void {
  describe(`${client} outlives its credentials under exec --serve`, () => {
    for (const name of names) {
      test(`by ${name}`, async () => {
        const program = PROGRAMS[name];
        const world = await makeWorld({ program, guard: "file", runKey: false });
        const sts = await shortenLives(world);
        try {
          const [word = "", ...before] = program;
          const words = [...before, "exec", "--serve", "--endpoint-url", sts.url, PROFILE, "--", ...command()];
          const environment = {
            ...world.environment,
            BREVET_TEST_LIFE: String(LIFE_SECONDS + 1),
            NODE_EXTRA_CA_CERTS: world.caFile,
          };
          const child = spawn(word, words, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
          const [stdout, stderr, status] = await Promise.all([
            text(child.stdout),
            text(child.stderr),
            new Promise((resolve) => child.once("exit", resolve)),
          ]);
          assert.equal(status, 0, stderr);
          const lines = stdout.split("\n").filter((line) => ARN.test(line));
          const keys = lines.map((line) => /^(\S{16,}) arn:/.exec(line)?.[1] ?? "");
          assert.ok(keys.length === 2 && !keys.includes(""), stdout);
          assert.notEqual(keys[0], keys[1]);
          assert.equal(world.countAction("GetCallerIdentity"), 2);
        } finally {
          sts.close();
          await world.stop();
        }
      });
    }
  });
}

/** The sandbox's STS, with credentials that end in {@link LIFE_SECONDS}. */
async function shortenLives({ sandboxUrl, caFile }: World): Promise<{ readonly url: string; close(): void }> {
  const ca = readFileSync(caFile);
  const server = createServer(async (asked, answered) => {
    const body = await buffer(asked);
    const { host: _, ...headers } = asked.headers;
    const onward = request(new URL(asked.url ?? "/", sandboxUrl), { method: asked.method, headers, ca });
    onward.once("response", async (response) => {
      const end = new Date(Date.now() + LIFE_SECONDS * 1000).toISOString().replace(/\.\d+/, "");
      const answer = (await text(response)).replace(/<Expiration>[^<]+/, `<Expiration>${end}`);
      answered.writeHead(response.statusCode ?? 500, { "content-type": "text/xml" }).end(answer);
    });
    onward.end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
