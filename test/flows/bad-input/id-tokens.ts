import { createHmac, createPublicKey, type JsonWebKey } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import type { Misbehaviour } from "../../providers/bad-provider.ts";

/** ID tokens that somebody made of a good one, each by an attack that has a name. */

export const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @see RFC 7519 §6.1 */
export const BY_NONE: Misbehaviour = { idToken: (good) => `${encode({ alg: "none" })}.${payloadOf(good)}.` };

/** The oldest trick: the verifier's public key as the secret of an HMAC. RFC 8725 §2.1. */
export const BY_PUBLIC_KEY: Misbehaviour = {
  idToken: (good, jwk) => {
    const secret = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }).export({ type: "spki", format: "pem" });
    const input = `${encode({ alg: "HS256", kid: "first" })}.${payloadOf(good)}`;
    return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
  },
};

export const BY_UNANNOUNCED_ALGORITHM: Misbehaviour = {
  idToken: async (good) => {
    const claims = JSON.parse(Buffer.from(payloadOf(good), "base64url").toString("utf8"));
    const { privateKey } = await generateKeyPair("ES256");
    return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "first" }).sign(privateKey);
  },
};

export const WITHOUT_SIGNATURE: Misbehaviour = { idToken: (good) => good.replace(/[^.]+$/, "") };

export const WITH_OTHER_CLAIMS: Misbehaviour = {
  idToken: (good) => {
    const [header, payload = "", signature] = good.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return `${header}.${encode({ ...claims, email: "admin@example.com" })}.${signature}`;
  },
};

function payloadOf(token: string): string {
  return token.split(".")[1] ?? "";
}
