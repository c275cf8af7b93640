import "reflect-metadata/lite";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, ExtendedKeyUsageExtension, Extension, X509CertificateGenerator } from "@peculiar/x509";

/** A key, and the name under which it is certified. */
export interface Certified {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** What a certificate says beside its key. */
export interface Saying {
  /** Whose key it is for. */
  readonly subject: Certified;
  readonly ca?: boolean;
  /** Bytes below 1.3.6.1.4.1.41482.3, by their last number. */
  readonly marks?: Readonly<Record<number, readonly number[]>>;
  readonly usage?: string;
  readonly days?: readonly [from: number, to: number];
}

export const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;
export const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/** In the middle of what certificates are valid for that do not say otherwise. */
export const NOW = 1_900_000_000;

const DAY_MS = 86_400_000;

let serials = 0;

export async function keyed(name: string, algorithm: typeof P256 | typeof RSA = P256): Promise<Certified> {
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, hash: "SHA-256" }, true, ["sign", "verify"]);
  return { name: `CN=${name}`, keys: keys as webcrypto.CryptoKeyPair };
}

/** A certificate, DER. */
export async function certify(
  issuer: Certified,
  { subject, ca, marks = {}, usage, days = [-1, 1] }: Saying,
): Promise<Uint8Array> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (++serials).toString(16).padStart(4, "1"),
    subject: subject.name,
    issuer: issuer.name,
    notBefore: new Date(NOW * 1000 + days[0] * DAY_MS),
    notAfter: new Date(NOW * 1000 + days[1] * DAY_MS),
    publicKey: subject.keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { name: issuer.keys.privateKey.algorithm.name, hash: "SHA-256" },
    extensions: [
      ...(ca === undefined ? [] : [new BasicConstraintsExtension(ca, undefined, true)]),
      ...(usage === undefined ? [] : [new ExtendedKeyUsageExtension([usage])]),
      ...Object.entries(marks).map(
        ([last, bytes]) => new Extension(`1.3.6.1.4.1.41482.3.${last}`, false, Uint8Array.from(bytes)),
      ),
    ],
  });
  return new Uint8Array(certificate.rawData);
}
