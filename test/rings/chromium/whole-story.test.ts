import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { type PostgresServer, startPostgres } from "../postgres/postgres-server.ts";

const ARN = "arn:aws:sts::123456789012:assumed-role/developer/alice@example.com";
const IN_CHROMIUM = /the person was in Chromium \d+/;
const OVER_HTTP = /the person was over HTTP, by the test suite's security key in software/;

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.close());

for (const { browser, how, database } of [
  { browser: "chromium", how: IN_CHROMIUM, database: "SQLite" },
  { browser: "chromium", how: IN_CHROMIUM, database: "PostgreSQL" },
  { browser: "none", how: OVER_HTTP, database: "SQLite" },
]) {
  test(`demo:server ends in AWS and leaves nothing behind (${browser}, ${database})`, async () => {
    const env = { ...process.env, DEMO_BROWSER: browser };
    const url = database === "PostgreSQL" ? await postgres.createDatabase("demo") : null;
    const { status, output } = await demo(url === null ? env : { ...env, DEMO_DATABASE: url });
    assert.equal(status, 0, output);
    assert.match(output, how);
    assert.ok(output.includes("AWS knows the caller as") && output.includes(ARN), output);
    assert.equal(output.includes("on an empty database of PostgreSQL"), url !== null);
    const [folder] = /\/\S*brevet-demo-\w+/.exec(output) ?? [];
    assert.ok(folder !== undefined && !existsSync(folder), folder);
  });
}

async function demo(env: NodeJS.ProcessEnv): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn("npm", ["run", "--silent", "demo:server"], { env, stdio: ["ignore", "pipe", "pipe"], timeout: 240_000 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { status: await new Promise((ended) => child.once("close", ended)), output };
}
