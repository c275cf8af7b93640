import { joined } from "../../core/bytes.ts";
import { malformed, readBytes } from "./bytes.ts";
import { ALG } from "./constants.ts";
import { coordinate } from "./public-area.ts";

/*
 * TPM 2.0 Part 2 §11.3.4, TPMT_SIGNATURE:
 *   RSASSA: algorithm u16 ‖ hash u16 ‖ signature 2B
 *   ECDSA:  algorithm u16 ‖ hash u16 ‖ r 2B ‖ s 2B
 */

/** The signature as JWS has it: `r ‖ s` (RFC 7518 §3.4) or PKCS#1 v1.5 (§3.3). @throws {Fault} `SIGNER_FAILED` */
export function parseSignature(bytes: Uint8Array): Uint8Array {
  const reader = readBytes(bytes, "a signature");
  const [algorithm, hash] = [reader.u16(), reader.u16()];
  if (hash !== ALG.sha256) throw malformed(`a signature is over the hash 0x${hash.toString(16)}`);
  let signature: Uint8Array;
  if (algorithm === ALG.ecdsa) signature = joined(coordinate(reader.sized()), coordinate(reader.sized()));
  else if (algorithm === ALG.rsassa) signature = reader.sized();
  else throw malformed(`a signature has the algorithm 0x${algorithm.toString(16)}`);
  reader.end();
  return signature;
}
