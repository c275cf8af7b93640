import { after, before } from "node:test";
import { tpm2Signers } from "../../../src/signers/tpm2/signer.ts";
import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";

let chip: SwTpm;
before(async () => {
  chip = await startSwTpm();
});
after(() => chip.stop());

const nobody = { askSecret: async () => Promise.reject(new Error("nothing asks for a PIN here")) };

signerContract("tpm2, in swtpm", async () => {
  const store = memoryStore();
  return {
    open: (identity, generation) =>
      tpm2Signers({ store, terminal: nobody }).open({ identity, generation, options: { device: chip.device } }),
    close: async () => {},
  };
});
