import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Vouching } from "./software-authenticator.ts";

/** A maker of authenticators: a root certificate of its own, and what it gives to each authenticator. */
export interface AuthenticatorMaker {
  readonly root: X509Certificate;
  /** @param aaguid the model that the certificate is bound to; null: none. */
  vouchFor(aaguid: string | null): Promise<Vouching>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LIFE = { notBefore: new Date("2024-01-01T00:00:00Z"), notAfter: new Date("2099-01-01T00:00:00Z") };

/** Founds a maker. */
export async function foundMaker(name: string): Promise<AuthenticatorMaker> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name} Root`,
    keys,
    signingAlgorithm: ALGORITHM,
    ...LIFE,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  return {
    root: new X509Certificate(Buffer.from(root.rawData)),
    async vouchFor(aaguid) {
      const batch = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const model = aaguid === null ? [] : [new Extension("1.3.6.1.4.1.45724.1.1.4", false, modelValue(aaguid))];
      const certificate = await X509CertificateGenerator.create({
        // WebAuthn Level 3 §8.2.1 wants all four.
        subject: `C=SE, O=${name}, OU=Authenticator Attestation, CN=${name} Batch`,
        issuer: root.subject,
        publicKey: batch.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        ...LIFE,
        extensions: [new BasicConstraintsExtension(false), ...model],
      });
      return { kind: "maker", certificate: new Uint8Array(certificate.rawData), key: batch.privateKey };
    },
  };
}

function modelValue(aaguid: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(`0410${aaguid.replaceAll("-", "")}`, "hex"));
}
