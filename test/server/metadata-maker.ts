import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { CompactSign } from "jose";

/** Who publishes metadata BLOBs, as the FIDO Alliance does: under a public authority that certifies every host. */
export interface MetadataMaker {
  readonly root: X509Certificate;
  /** Signs what it is given, as a host, by a certificate that lives until then. */
  sign(payload: unknown, host?: string, until?: Date): Promise<string>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const LIFE = { notBefore: new Date("2024-01-01T00:00:00Z"), notAfter: new Date("2099-01-01T00:00:00Z") };

export async function foundMetadataMaker(): Promise<MetadataMaker> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Public Authority",
    keys,
    signingAlgorithm: ALGORITHM,
    ...LIFE,
    extensions: [new BasicConstraintsExtension(true, 1, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  return {
    root: new X509Certificate(Buffer.from(root.rawData)),
    async sign(payload, host = "mds.fidoalliance.org", notAfter = LIFE.notAfter) {
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const leaf = await X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ALGORITHM,
        ...LIFE,
        notAfter,
        extensions: [new BasicConstraintsExtension(false), new SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
      });
      const x5c = [leaf.rawData, root.rawData].map((der) => Buffer.from(der).toString("base64"));
      return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "ES256", x5c })
        .sign(own.privateKey);
    },
  };
}

/** An entry of a BLOB. */
export function metadataEntry(
  aaguid: string,
  certificates: readonly X509Certificate[],
  { status = "FIDO_CERTIFIED", keyProtection = ["hardware", "secure_element"] } = {},
): unknown {
  const attestationRootCertificates = certificates.map(({ raw }) => raw.toString("base64"));
  return {
    aaguid,
    metadataStatement: { description: "a key", aaguid, attestationRootCertificates, keyProtection },
    statusReports: [{ status, effectiveDate: "2026-01-01" }],
    timeOfLastStatusChange: "2026-01-01",
  };
}
