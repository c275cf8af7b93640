import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignerKind } from "../../src/core/signer.ts";
import { commandSigners } from "../../src/signers/command/signer.ts";
import { pkcs11Signers } from "../../src/signers/pkcs11/signer.ts";
import { secureEnclaveSigners } from "../../src/signers/secure-enclave/signer.ts";
import { softwareSigners } from "../../src/signers/software/signer.ts";
import { tpm2Signers } from "../../src/signers/tpm2/signer.ts";
import { signerCases } from "./signer-cases.ts";
import { memoryStore } from "./signer-memory-store.ts";

/*
 * The contract of signers as a program, which is compiled like brevet's executable: its one argument says which kind to
 * try, and it writes a line of JSON for each case.
 */

/** What is tried. In the options `$FOLDER` is a folder of the case's own. */
export interface SignerJob {
  readonly kind: "software" | "command" | "secure-enclave" | "pkcs11" | "tpm2";
  readonly options: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** What answers to questions for a PIN. */
  readonly pin: string;
  /** How brevet's own executable is started. */
  readonly brevet: string;
}

const job = JSON.parse(process.argv.at(-1) ?? "") as SignerJob;

function openKind(folder: string): SignerKind<Readonly<Record<string, unknown>>> {
  const { environment, pin, brevet } = job;
  const terminal = { askSecret: async () => pin, instruct: () => {}, say: () => {} };
  const store = memoryStore();
  switch (job.kind) {
    case "software":
      return softwareSigners({ store });
    case "command":
      return commandSigners({ store, environment });
    case "secure-enclave":
      return secureEnclaveSigners({ store, environment, stateFolder: folder, besideBrevet: folder });
    case "pkcs11":
      return pkcs11Signers({ store, terminal, environment, moduleProgram: [brevet, "signer", "module"] });
    case "tpm2":
      return tpm2Signers({ store, terminal });
  }
}

for (const { title, work } of signerCases()) {
  const folder = mkdtempSync(join(tmpdir(), "signer-case-"));
  const options = JSON.parse(JSON.stringify(job.options).replaceAll("$FOLDER", folder));
  const kind = openKind(folder);
  let problem: string | null = null;
  try {
    await work({ open: (identity, generation) => kind.open({ identity, generation, options }), close: async () => {} });
  } catch (cause) {
    problem = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  }
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${JSON.stringify({ title, problem })}\n`);
}
