import { malformed, readBytes } from "./bytes.ts";
import { GENERATED, TAG } from "./constants.ts";

/** The name of the object that a TPM certified. */
export interface CertifyStatement {
  readonly objectName: Uint8Array;
}

/**
 * Reads what TPM2_Certify says. Whoever has checked the signature of a restricted key over it knows that a TPM said it.
 *
 * TPM 2.0 Part 2 §10.12.8, TPMS_ATTEST: magic u32 ‖ type u16 ‖ qualifiedSigner 2B ‖ extraData 2B ‖
 * clockInfo (clock u64 ‖ resetCount u32 ‖ restartCount u32 ‖ safe u8) ‖ firmwareVersion u64 ‖ name 2B ‖ qualifiedName 2B
 *
 * @throws {Fault} `SIGNER_FAILED` for anything else.
 */
export function parseCertifyStatement(bytes: Uint8Array): CertifyStatement {
  const reader = readBytes(bytes, "a statement");
  if (reader.u32() !== GENERATED || reader.u16() !== TAG.attestCertify) throw malformed("a statement certifies nothing");
  reader.sized();
  reader.sized();
  reader.take(8 + 4 + 4 + 1 + 8);
  const objectName = reader.sized();
  reader.sized();
  reader.end();
  return { objectName };
}
