import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { httpContract } from "./http.ts";
import { type HttpJob, type HttpOutcome, performJob } from "./http-job.ts";
import { rawServer } from "./http-servers.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-http-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const client = join(folder, "client.mjs");
await build({
  entryPoints: [fileURLToPath(new URL("http-client.ts", import.meta.url))],
  outfile: client,
  bundle: true,
  platform: "node",
  format: "esm",
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});

const RUNTIMES = { Node: process.execPath, Bun: fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url)) };

/** The client in a process of its own; its environment is empty, so that only a job's own environment counts. */
function startClient(program: string): ChildProcess {
  const child = spawn(program, [client], { stdio: ["pipe", "pipe", "inherit"], env: {} });
  children.push(child);
  return child;
}

function clientIn(program: string): (job: HttpJob) => Promise<HttpOutcome> {
  const child = startClient(program);
  assert.ok(child.stdin !== null && child.stdout !== null);
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (job) => {
    stdin.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await lines.next();
    assert.notEqual(done, true, `the client in ${program} has ended`);
    return JSON.parse(value) as HttpOutcome;
  };
}

httpContract({ runtime: "Node", folder, perform: (job) => performJob(createHttp, job) });
httpContract({ runtime: "Bun", folder, perform: clientIn(RUNTIMES.Bun) });

for (const [runtime, program] of Object.entries(RUNTIMES)) {
  test(`${runtime}: after a deadline nothing keeps the process alive`, async (t) => {
    const silent = await rawServer([], "silence");
    t.after(silent.stop);
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${silent.port}` };
    const jobs: readonly HttpJob[] = [
      { options: { environment }, request: { method: "GET", url: "https://sts.example/", deadlineMs: 200 } },
      { options: { environment: {} }, request: { method: "GET", url: `https://127.0.0.1:${silent.port}/`, deadlineMs: 200 } },
    ];
    for (const job of jobs) {
      const child = startClient(program);
      child.stdin?.end(`${JSON.stringify(job)}\n`);
      const ended = await new Promise<boolean>((resolve) => {
        const patience = setTimeout(() => resolve(false), 5000);
        child.once("exit", () => {
          clearTimeout(patience);
          resolve(true);
        });
      });
      assert.ok(ended, `${job.request.url} keeps it alive`);
    }
  });
}
