import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonTools } from "../../../scripts/test/ring-tools.ts";

/** What it says a request or an answer must not be. */
export interface SchemathesisRun {
  readonly document: unknown;
  readonly url: string;
  readonly checks: readonly string[];
  readonly examples: number;
}

/** Has Schemathesis make requests of an OpenAPI document, the same ones in every run. @returns what it found, or null. */
export async function runSchemathesis({ document, url, checks, examples }: SchemathesisRun): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-schemathesis-"));
  try {
    const schema = join(folder, "openapi.json");
    writeFileSync(schema, JSON.stringify(document));
    const words = ["run", schema, "--url", url, "--checks", checks.join(","), "--max-examples", String(examples)];
    const quiet = ["--seed", "20261122", "--generation-deterministic", "--no-color", "--suppress-health-check", "all"];
    const child = spawn(join(pythonTools(), "schemathesis"), [...words, ...quiet], { cwd: folder });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const status = await new Promise((ended) => child.once("close", ended));
    return status === 0 ? null : said;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
