import { Fault } from "../../core/fault.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { encodePivRequest, proofMessage } from "../../wire/piv/attestation.ts";
import { parseAttestationMarks } from "../../wire/piv/attestation-marks.ts";
import { certifiedPublicJwk } from "../../wire/pkcs11/public-key.ts";
import type { Pin, Token, TokenKey } from "./token.ts";

/** Under this label `libykcs11` shows the certificate of slot f9, and each statement under the CKA_ID of its key (ykcs11/objects.c). */
const ATTESTER_LABEL = "X.509 Certificate for PIV Attestation";

/**
 * What a PIV token says of a key in it, and a signature of that key.
 *
 * @throws {Fault} `ATTESTATION_REFUSED` if the token says nothing of it.
 */
export async function requestAttestation(token: Token, key: TokenKey, pin: Pin): Promise<string> {
  const { ofKey, labelled } = await token.certificates(key, ATTESTER_LABEL, pin);
  const [attester] = labelled;
  const statement = await statementOf(key, ofKey);
  if (statement === null) {
    throw new Fault("ATTESTATION_REFUSED", "the token says nothing of where this key was made", {
      hints: [
        "a YubiKey attests keys that were generated in it, and none that was imported: `ykman piv keys generate 9a public.pem`",
        "its own module shows what it attests: libykcs11, not OpenSC's",
      ],
    });
  }
  if (attester === undefined) {
    throw new Fault("ATTESTATION_REFUSED", "the token does not show the certificate of its slot f9", {
      hints: ["see whether it is there: `ykman piv info`"],
    });
  }
  const proof = await token.sign(key, proofMessage({ statement, attester }), pin);
  return encodePivRequest({ statement, attester, proof });
}

/** Beside a statement there may be an ordinary certificate of the same key. */
async function statementOf({ key }: TokenKey, certificates: readonly Uint8Array[]): Promise<Uint8Array | null> {
  for (const certificate of certificates) {
    const jwk = certifiedPublicJwk(Buffer.from(certificate));
    if (jwk === null || jwkThumbprint(jwk) !== key.kid) continue;
    if ((await parseAttestationMarks(certificate)).policy !== null) return certificate;
  }
  return null;
}
