import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { signersOn } from "../pkcs11/soft-token.ts";
import { openTpmToken, TPM2_PKCS11, type TpmToken } from "./tpm-token.ts";

let token: TpmToken;
before(async () => {
  token = await openTpmToken();
});
after(() => token.close());

// Keys have ids of their own, so one token serves all: what is fresh for each test is the memory of which they are.
signerContract("pkcs11, on a token of tpm2-pkcs11, which has handles that use every bit", async () => {
  const store = memoryStore();
  return {
    open: (identity, generation) =>
      signersOn(token, store).open({ identity, generation, options: { module: TPM2_PKCS11, token: "tpm" } }),
    close: async () => undefined,
  };
});

it("is told apart from the slot that tpm2-pkcs11 keeps for a new token, and is no hardware here", async () => {
  const probe = await signersOn(token, memoryStore()).probe({ module: TPM2_PKCS11 });
  assert.ok(probe.usable);
  assert.equal(probe.residence, "software");
  assert.equal(probe.settled?.["token"], "pkcs11:token=tpm;serial=0000000000000000");
});
