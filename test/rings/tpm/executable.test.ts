import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { signerContractInExecutable } from "../../contracts/signer-executable.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";

let folder: string;
let chip: SwTpm;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-tpm-executable-"));
  chip = await startSwTpm({ folder });
});
after(async () => {
  await chip.stop();
  rmSync(folder, { recursive: true });
});

signerContractInExecutable("tpm2", () => ({ kind: "tpm2", options: { device: chip.device }, environment: {}, pin: "" }));
