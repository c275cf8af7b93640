/**
 * What Yubico puts into certificates of PIV attestation, in extensions below 1.3.6.1.4.1.41482.3.
 *
 * @see https://developers.yubico.com/PIV/Introduction/PIV_attestation.html
 */
export interface AttestationMarks {
  /** `5.4.3`; in statements, and in the certificate of slot f9. */
  readonly firmware: readonly [number, number, number] | null;
  /** Of the YubiKey, decimal. */
  readonly serial: string | null;
  /** When the key asks for a PIN and a touch: in statements alone. */
  readonly policy: { readonly pin: string; readonly touch: string } | null;
}

const FIRMWARE = "1.3.6.1.4.1.41482.3.3";
const SERIAL = "1.3.6.1.4.1.41482.3.7";
const POLICY = "1.3.6.1.4.1.41482.3.8";

const PIN_POLICIES = ["default", "never", "once", "always", "match once", "match always"];
const TOUCH_POLICIES = ["default", "never", "always", "cached"];

/** More than a serial number of 8 bytes, with a leading zero. */
const MAX_SERIAL_BYTES = 9;

/**
 * The library costs a fifth of a second to load; the credential path never comes here.
 *
 * @param certificate DER, which a stricter reader has read already. @throws {Error} for one that the library cannot read.
 */
export async function parseAttestationMarks(certificate: Uint8Array): Promise<AttestationMarks> {
  await import("reflect-metadata/lite");
  const { X509Certificate } = await import("@peculiar/x509");
  const parsed = new X509Certificate(new Uint8Array(certificate));
  const extension = (oid: string): Buffer => Buffer.from(parsed.getExtension(oid)?.value ?? new ArrayBuffer(0));
  const [major, minor, patch] = octets(extension(FIRMWARE), 3);
  const [pin, touch] = octets(extension(POLICY), 2);
  return {
    firmware: major === undefined || minor === undefined || patch === undefined ? null : [major, minor, patch],
    serial: integer(extension(SERIAL)),
    policy:
      pin === undefined || touch === undefined ? null : { pin: word(PIN_POLICIES, pin), touch: word(TOUCH_POLICIES, touch) },
  };
}

/** Up to firmware 5.7.1 the extension holds these bare; later ones are said to hold them in an OCTET STRING. */
function octets(value: Buffer, length: number): readonly (number | undefined)[] {
  if (value.length === length) return [...value];
  const isWrapped = value.length === length + 2 && value[0] === 0x04 && value[1] === length;
  return isWrapped ? [...value.subarray(2)] : [];
}

/** An INTEGER (X.690 §8.3). */
function integer(value: Buffer): string | null {
  const bytes = value.subarray(2);
  if (value[0] !== 0x02 || value[1] !== bytes.length || bytes.length === 0 || bytes.length > MAX_SERIAL_BYTES) return null;
  return BigInt(`0x${bytes.toString("hex")}`).toString();
}

/** Firmware to come may have policies of which this does not know. */
function word(words: readonly string[], value: number): string {
  return words[value] ?? `policy ${value}`;
}
