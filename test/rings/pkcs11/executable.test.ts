import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { EXECUTABLE, signerContractInExecutable } from "../../contracts/signer-executable.ts";
import { parseScript } from "../../scripts/parse-script.ts";
import { runScript } from "../../scripts/run-script.ts";
import { openSoftToken, PIN, SOFTHSM } from "./soft-token.ts";

const token = openSoftToken();
after(() => token.close());

signerContractInExecutable("pkcs11, on a token of SoftHSM", () => ({
  kind: "pkcs11",
  options: { module: SOFTHSM, token: "dev" },
  environment: token.environment,
  pin: PIN,
}));

for (const script of ["chain.txt", "attestation.txt"]) {
  test(`${script}, with a token of SoftHSM, by the executable`, async () => {
    const text = readFileSync(join(import.meta.dirname, script), "utf8");
    await runScript(parseScript(`env MODULE=${SOFTHSM}\n${text}`), { name: "the executable", command: [EXECUTABLE] });
  });
}
