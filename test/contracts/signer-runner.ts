import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kindOf, runModuleProcess, SIGNERS } from "../../src/cli/kinds.ts";
import type { JsonObject } from "../../src/core/json-object.ts";
import type { SignerKind } from "../../src/core/signer.ts";
import { brevetPaths } from "../../src/platform/paths.ts";
import { systemTerminal } from "../../src/platform/terminal/terminal.ts";
import { writeAll } from "../../src/platform/write-all.ts";
import { signerCases } from "./signer-cases.ts";
import { memoryStore } from "./signer-memory-store.ts";

/*
 * The contract of signers as a program, which is compiled like brevet's executable and makes a kind as brevet makes it: its one
 * argument says which kind to try, and it writes a line of JSON for each case. Where brevet would start itself again to load a
 * module, it starts this program.
 */

/** What is tried. In the options `$FOLDER` is a folder of the case's own. */
export interface SignerJob {
  readonly kind: string;
  readonly options: JsonObject;
  readonly environment: Readonly<Record<string, string>>;
  /** What answers to questions for a PIN. */
  readonly pin: string;
}

function openKind({ kind, environment, pin }: SignerJob, folder: string): Promise<SignerKind<JsonObject>> {
  const terminal = Object.assign(systemTerminal({ CI: "true" }), { askSecret: async () => pin });
  const paths = brevetPaths({ HOME: folder, LOCALAPPDATA: folder, APPDATA: folder });
  return kindOf(SIGNERS, "signer", kind)({ store: memoryStore(), terminal, paths, environment });
}

async function tryCases(job: SignerJob): Promise<void> {
  for (const { title, work } of signerCases()) {
    const folder = mkdtempSync(join(tmpdir(), "signer-case-"));
    const options = JSON.parse(JSON.stringify(job.options).replaceAll("$FOLDER", folder));
    const kind = await openKind(job, folder);
    let problem: string | null = null;
    try {
      await work({ open: (identity, generation) => kind.open({ identity, generation, options }), close: async () => {} });
    } catch (cause) {
      problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    }
    rmSync(folder, { recursive: true, force: true });
    process.stdout.write(`${JSON.stringify({ title, problem })}\n`);
  }
}

const word = process.argv.at(-1) ?? "";
if (word === "module") await runModuleProcess(readFileSync(0, "utf8"), (text) => writeAll(1, text));
else await tryCases(JSON.parse(word));
