import { startSwTpm, swTpmIsHere } from "../rings/tpm/swtpm.ts";
import { startTpmDevice } from "../rings/tpm/tpm-device.ts";
import type { Plain, Row } from "./report.ts";
import { CREDENTIAL, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import { makeWorld } from "./world.ts";

/**
 * What a key in a TPM (swtpm behind a device) adds to a credential that is fetched anew, against a key in software.
 */
export async function tpmRows(runs: string): Promise<{ readonly rows: readonly Row[]; readonly plain: readonly Plain[] }> {
  if (!swTpmIsHere()) {
    return { rows: [], plain: [{ name: "uncached, TPM", value: "not measured: swtpm is not here", limit: "", held: false }] };
  }
  const chip = await startSwTpm();
  const device = await startTpmDevice(chip, "held");
  const options = { program: EXECUTABLE, guard: "file", runKey: true } as const;
  const worlds = [
    await makeWorld({ ...options, init: ["--signer", "software"] }),
    await makeWorld({ ...options, init: ["--signer", "tpm2", "--signer-option", `device=${device.path}`] }),
  ] as const;
  try {
    const measured = runJobs(
      runs,
      (["executable", "Node"] as const).flatMap((name) =>
        worlds.map(({ environment, credentialsFolder }, index) => ({
          name: `${name} ${index === 0 ? "software" : "tpm2"}`,
          command: [...(name === "Node" ? NODE_PROGRAM : EXECUTABLE), ...CREDENTIAL],
          environment,
          emptied: credentialsFolder,
        })),
      ),
    );
    const rows = (["executable", "Node"] as const).map((name) => ({
      name: `uncached, TPM: ${name}`,
      subject: measured(`${name} tpm2`),
      baseline: measured(`${name} software`),
      ratioLimit: 1.2,
    }));
    return { rows, plain: [] };
  } finally {
    for (const world of worlds) await world.stop();
    device.stop();
    await chip.stop();
  }
}
