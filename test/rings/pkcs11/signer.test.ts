import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { openSoftToken, SOFTHSM, signersOn } from "./soft-token.ts";

for (const [name, mechanisms] of [
  ["that is given digests", "ALL"],
  ["that hashes RSA messages itself", "-CKM_RSA_PKCS"],
] as const) {
  signerContract(`pkcs11, on a token of SoftHSM ${name}`, async () => {
    const [token, store] = [openSoftToken(mechanisms), memoryStore()];
    return {
      open: (identity, generation) =>
        signersOn(token, store).open({ identity, generation, options: { module: SOFTHSM, token: "dev" } }),
      close: async () => token.close(),
    };
  });
}
