import type { SignatureAlgorithm } from "../../core/signer.ts";

/**
 * What WebCrypto calls the algorithms of JWS. It signs as JWS wants it: `r ‖ s`, 64 bytes, and PKCS #1 v1.5. In the executable it is
 * there from the start, while loading `node:crypto` takes 2 ms.
 *
 * @see RFC 7518 §3.3, §3.4; W3C Web Cryptography API §20, §23
 */
export const WEB_ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
} as const satisfies Record<SignatureAlgorithm, object>;
