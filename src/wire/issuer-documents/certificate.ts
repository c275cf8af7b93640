import { randomBytes, webcrypto } from "node:crypto";
import type { SigningKey } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { WEB_ALGORITHMS } from "../jwt/web-algorithms.ts";

const DAY_SECONDS = 86_400;

/** RFC 5280 §4.1.2.5: "no well-defined expiration date". The key's life is ended by taking it out of the JWKS. */
const NEVER = new Date(Date.UTC(9999, 11, 31, 23, 59, 59));

/**
 * A self-signed certificate of a key, signed by that key wherever it is held: the one entry of `x5c`, for verifiers that
 * want one. It says nothing that the JWK does not say.
 *
 * The library costs a fifth of a second to load; the credential path never comes here.
 *
 * @param commonName of its subject and issuer.
 * @returns its DER form in standard base64.
 * @see RFC 7517 §4.7; RFC 5280 §4.1
 */
export async function selfSignedCertificate(key: SigningKey, commonName: string, now: EpochSeconds): Promise<string> {
  await import("reflect-metadata/lite");
  const x509 = await import("@peculiar/x509");
  const algorithm = WEB_ALGORITHMS[key.algorithm];
  const publicKey = await webcrypto.subtle.importKey("jwk", { ...key.jwk }, algorithm, true, ["verify"]);
  const name = [{ CN: [commonName] }];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject: name,
      issuer: name,
      notBefore: new Date((now - DAY_SECONDS) * 1000),
      notAfter: NEVER,
      publicKey,
      // Only its algorithm is read: the signature comes from the signer, through the `sign` below.
      signingKey: publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ],
    },
    signingBy(key),
  );
  return Buffer.from(certificate.rawData).toString("base64");
}

/** WebCrypto as the library sees it, with the signer in place of `subtle.sign`. Both give ECDSA as `r ‖ s`. */
function signingBy(key: SigningKey): webcrypto.Crypto {
  const subtle = new Proxy(webcrypto.subtle, {
    get(target, property) {
      if (property === "sign") {
        return async (_algorithm: unknown, _key: unknown, message: ArrayBuffer) =>
          Uint8Array.from(await key.sign(new Uint8Array(message))).buffer;
      }
      const member: unknown = Reflect.get(target, property);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return {
    subtle,
    getRandomValues: (array) => webcrypto.getRandomValues(array),
    randomUUID: () => webcrypto.randomUUID(),
  } as webcrypto.Crypto;
}

/** RFC 5280 §4.1.2.2: a positive integer of at most 20 octets. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
