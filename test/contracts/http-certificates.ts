import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A certificate with its key, PEM, as a TLS server takes it. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** The names and times of a certificate; by default it is good for loopback, now. */
export interface CertificateWishes {
  readonly dns?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate authority that lives as long as the test. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  issue(wishes?: CertificateWishes): Promise<ServerCertificate>;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

export async function createAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const issuer = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      ...life({}),
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    },
    webcrypto,
  );
  return {
    certificate: issuer.toString("pem"),
    async issue(wishes = {}) {
      const own = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const certificate = await X509CertificateGenerator.create(
        {
          subject: "CN=test server",
          issuer: issuer.subject,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm: ALGORITHM,
          ...life(wishes),
          extensions: [alternativeNames(wishes)],
        },
        webcrypto,
      );
      return { cert: certificate.toString("pem"), key: await privateKeyPem(own.privateKey) };
    },
  };
}

/** A certificate that no authority signed. */
export async function selfSigned(): Promise<ServerCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: "CN=localhost", keys, signingAlgorithm: ALGORITHM, ...life({}), extensions: [alternativeNames({})] },
    webcrypto,
  );
  return { cert: certificate.toString("pem"), key: await privateKeyPem(keys.privateKey) };
}

function life({ notBefore, notAfter }: CertificateWishes): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: notBefore ?? new Date(now - DAY_MS), notAfter: notAfter ?? new Date(now + DAY_MS) };
}

function alternativeNames({ dns }: CertificateWishes): SubjectAlternativeNameExtension {
  if (dns !== undefined) return new SubjectAlternativeNameExtension(dns.map((value) => ({ type: "dns", value })));
  return new SubjectAlternativeNameExtension([
    { type: "dns", value: "localhost" },
    { type: "ip", value: "127.0.0.1" },
  ]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
}
