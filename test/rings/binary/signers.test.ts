import { resolve } from "node:path";
import { signerContractInExecutable } from "../../contracts/signer-executable.ts";

const contracts = resolve(import.meta.dirname, "../../contracts");
const environment = { PATH: process.env["PATH"] ?? "" };

signerContractInExecutable("software", () => ({ kind: "software", options: {}, environment, pin: "" }));

signerContractInExecutable("command", () => {
  const command = [process.execPath, resolve(contracts, "external-signer.mjs"), "$FOLDER"];
  return { kind: "command", options: { command, algorithms: ["ES256", "RS256"] }, environment, pin: "" };
});

signerContractInExecutable("secure-enclave, its program stood in for", () => {
  const program = resolve(contracts, "secure-enclave-stand-in.mjs");
  return { kind: "secure-enclave", options: { program, presence: "none" }, environment, pin: "" };
});
