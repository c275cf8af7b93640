import { X509Certificate } from "node:crypto";
import type { PublicKey } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { algorithmOf, parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { checkSignature } from "../../wire/jwt/verify.ts";
import { PIV_REQUEST_WORD, type PivRequest, parsePivRequest, proofMessage } from "../../wire/piv/attestation.ts";
import { type AttestationMarks, parseAttestationMarks } from "../../wire/piv/attestation-marks.ts";
import { type AttestationKind, type Checked, checkedSteps, readable } from "../attestation-kind.ts";
import { isSignedBy, isValidAt, leadsToRoot } from "../x509/leads-to-root.ts";

/** A key that was generated in a YubiKey, and what the YubiKey says of it. */
export interface StatedKey {
  readonly key: PublicKey;
  readonly firmware: NonNullable<AttestationMarks["firmware"]>;
  readonly serial: AttestationMarks["serial"];
  readonly policy: NonNullable<AttestationMarks["policy"]>;
}

/**
 * Judges what a YubiKey certifies: the certificate of its slot f9 leads to a root that was given, it signed the statement, and the
 * statement is one of PIV attestation, which a YubiKey makes for keys that were generated in it and for no others.
 *
 * @see https://developers.yubico.com/PIV/Introduction/PIV_attestation.html
 * @throws {Fault} `ATTESTATION_REFUSED` with what was already verified.
 */
export async function judgeStatement(
  { statement: statementDer, attester: attesterDer }: Omit<PivRequest, "proof">,
  authorities: readonly X509Certificate[],
  now: EpochSeconds,
  checked: Checked = checkedSteps(),
): Promise<StatedKey> {
  const attester = certificateOf(attesterDer);
  const leads = leadsToRoot(attester, authorities, now);
  checked("attester", leads || null, "the certificate of the token's slot f9 does not lead to a root that was given", [
    "since firmware 5.7.4 there are two authorities between: give those that the maker publishes beside its root",
  ]);
  const maySign = isAttester(attester, await marksOf(attester));
  checked("attester's purpose", maySign || null, "the second certificate is for no key that attests others");
  const statement = certificateOf(statementDer);
  const isSigned = isSignedBy(statement, attester) && isValidAt(statement, now) && !statement.ca;
  checked("statement", isSigned || null, "the statement is not signed by the key in slot f9, or is not valid now");
  const { firmware, serial, policy } = await marksOf(statement);
  const why = "the certificate says nothing of where its key was made: it is no statement of a YubiKey";
  const marks = checked("marks", firmware === null || policy === null ? null : { firmware, policy }, why);
  const key = checked("key", publicKeyOf(statement), "the key is neither of P-256 nor of RSA with 2048 bits or more");
  const isWeak = key.algorithm === "RS256" && isBefore(marks.firmware, WELL_MADE_RSA);
  checked(
    "strength",
    isWeak ? null : true,
    `RSA keys that firmware ${marks.firmware.join(".")} made can be computed from their public half`,
    ["CVE-2017-15361: make a P-256 key in it, or take a newer YubiKey"],
  );
  return { key, ...marks, serial };
}

/** Keys in YubiKeys. The statement names the key, and the proof is by it: there is nothing left to ask. */
export const pivAttestation: AttestationKind = {
  requestWord: PIV_REQUEST_WORD,
  async judge(text, authorities, now) {
    const request = parsePivRequest(text);
    const checked = checkedSteps();
    const { key, firmware, serial, policy } = await judgeStatement(request, authorities, now, checked);
    const check = await checkSignature(key.jwk, proofMessage(request), request.proof);
    checked("proof", check === "matches" || null, "the request was not signed by the key of the statement");
    const of = `${serial === null ? "" : `serial ${serial}, `}firmware ${firmware.join(".")}, PIN ${policy.pin}, touch ${policy.touch}`;
    return { key, place: `a YubiKey that one of those authorities certified (${of})`, challenge: null };
  },
};

/** YSA-2017-01: the first firmware of YubiKeys 4 whose RSA keys are sound. */
const WELL_MADE_RSA = [4, 3, 5] as const;

function isBefore(firmware: readonly number[], other: readonly number[]): boolean {
  const at = firmware.findIndex((part, index) => part !== other[index]);
  return at !== -1 && (firmware[at] ?? 0) < (other[at] ?? 0);
}

/**
 * Certificates of slot f9 from older firmware (5.2.4) lack basicConstraints and so are not called authorities
 * (https://github.com/Yubico/yubikey-manager/issues/522); Yubico's name their firmware. One with a policy is a statement, and the
 * key that it is for signs whatever its owner wants, certificates too.
 */
function isAttester(certificate: X509Certificate, { firmware, policy }: AttestationMarks): boolean {
  return policy === null && (certificate.ca || firmware !== null);
}

function certificateOf(der: Uint8Array): X509Certificate {
  return readable(() => {
    const certificate = new X509Certificate(der);
    // It takes PEM, and bytes behind the certificate, too.
    if (!certificate.raw.equals(der)) throw new TypeError("not one certificate in DER");
    return certificate;
  }, "YubiKey");
}

async function marksOf({ raw }: X509Certificate): Promise<AttestationMarks> {
  try {
    return await parseAttestationMarks(raw);
  } catch (cause) {
    return readable(() => {
      throw cause;
    }, "YubiKey");
  }
}

function publicKeyOf({ publicKey }: X509Certificate): PublicKey | null {
  try {
    const jwk = parsePublicJwk(publicKey.export({ format: "jwk" }));
    return jwk === null ? null : { kid: jwkThumbprint(jwk), algorithm: algorithmOf(jwk), jwk };
  } catch {
    return null;
  }
}
