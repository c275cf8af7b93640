import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSoftToken, PIN, SOFTHSM } from "../rings/pkcs11/soft-token.ts";
import type { Plain, Row } from "./report.ts";
import { CREDENTIAL, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import { makeWorld } from "./world.ts";

/**
 * What a key on a token (SoftHSM) adds to a credential that is fetched anew, against a key in software.
 */
export async function pkcs11Rows(runs: string): Promise<{ readonly rows: readonly Row[]; readonly plain: readonly Plain[] }> {
  if (SOFTHSM === "") {
    return { rows: [], plain: [{ name: "uncached, token", value: "not measured: SoftHSM is not here", limit: "", held: false }] };
  }
  const token = openSoftToken();
  const pinFile = join(token.folder, "pin");
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o600 });
  // A shell opens the file with the PIN, and becomes the program; the baseline is started in the same way.
  const withPin = (program: readonly string[]): readonly string[] => ["sh", "-c", `exec "$@" 3<'${pinFile}'`, "sh", ...program];
  const options = { program: withPin(EXECUTABLE), guard: "file", runKey: true, environment: token.environment } as const;
  const signer = ["--signer", "pkcs11", "--signer-option", `module=${SOFTHSM}`, "--signer-option", "pin=fd:3"];
  const worlds = [await makeWorld({ ...options, init: ["--signer", "software"] }), await makeWorld({ ...options, init: signer })];
  try {
    const measured = runJobs(
      runs,
      (["executable", "Node"] as const).flatMap((name) =>
        worlds.map(({ environment, credentialsFolder }, index) => ({
          name: `${name} ${index === 0 ? "software" : "pkcs11"}`,
          command: withPin([...(name === "Node" ? NODE_PROGRAM : EXECUTABLE), ...CREDENTIAL]),
          environment,
          emptied: credentialsFolder,
        })),
      ),
    );
    const rows = (["executable", "Node"] as const).map((name) => ({
      name: `uncached, token: ${name}`,
      subject: measured(`${name} pkcs11`),
      baseline: measured(`${name} software`),
      ratioLimit: 1.5,
    }));
    return { rows, plain: [] };
  } finally {
    for (const world of worlds) await world.stop();
    token.close();
  }
}
