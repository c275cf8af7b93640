import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

const ARN = "arn:aws:sts::123456789012:assumed-role/developer/alice@example.com";

/** Runs the demo of the login server as people type it, and sees that it ends in AWS and leaves nothing behind. */
export async function tellWholeStory(
  variables: { readonly DEMO_BROWSER: string; readonly DEMO_DATABASE?: string },
  expected: readonly RegExp[],
): Promise<void> {
  const { status, output } = await demo({ ...process.env, ...variables });
  assert.equal(status, 0, output);
  for (const words of expected) assert.match(output, words);
  assert.ok(output.includes("AWS knows the caller as") && output.includes(ARN), output);
  const [folder] = /\/\S*brevet-demo-\w+/.exec(output) ?? [];
  assert.ok(folder !== undefined && !existsSync(folder), folder);
}

async function demo(env: NodeJS.ProcessEnv): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn("npm", ["run", "--silent", "demo:server"], { env, stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return { status: await new Promise((ended) => child.once("close", ended)), output };
}
