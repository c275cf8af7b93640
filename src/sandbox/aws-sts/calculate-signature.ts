import { Sha256 } from "@aws-crypto/sha256-js";
import { createScope, getSigningKey, SignatureV4 } from "@smithy/signature-v4";
import type { SandboxRequest } from "../service.ts";
import { finding, Refusal, SIGNATURE_REFERENCE } from "./refusal.ts";
import { SIGV4_ALGORITHM, type SignatureClaim } from "./signature-claim.ts";

/**
 * The signature that a key makes over a request, with the headers and the scope that the request claims to have signed.
 *
 * @throws {Refusal} `SignatureDoesNotMatch` when a signed header is absent or the declared hash is not the body's.
 */
export async function calculateSignature(
  request: SandboxRequest,
  claim: SignatureClaim,
  secretAccessKey: string,
): Promise<string> {
  const payloadHash = await sha256Hex(request.body);
  const declared = request.headers.get("x-amz-content-sha256")?.[0];
  if (declared !== undefined && declared !== payloadHash) throw mismatch("x-amz-content-sha256 is not the hash of the body");
  return new Canonicaliser().calculate(request, claim, secretAccessKey, payloadHash);
}

/** Opens the library's canonical form, which it keeps for its own signing, to a verifier. */
class Canonicaliser extends SignatureV4 {
  constructor() {
    super({ service: "sts", region: "", credentials: { accessKeyId: "", secretAccessKey: "" }, sha256: Sha256 });
  }

  async calculate(request: SandboxRequest, claim: SignatureClaim, secretAccessKey: string, payloadHash: string): Promise<string> {
    // Without a prototype: a parameter named __proto__ must not slip out of what was signed.
    const query: Record<string, string[]> = Object.create(null);
    for (const [name, value] of new URLSearchParams(request.query)) query[name] = [...(query[name] ?? []), value];
    const headers = canonicalHeaders(request, claim.signedHeaders);
    const message = { method: request.method, protocol: "https:", hostname: "", path: request.path, query, headers };
    const canonical = this.createCanonicalRequest(message, headers, payloadHash);
    const scope = createScope(claim.shortDate, claim.region, claim.service);
    const toSign = await this.createStringToSign(claim.longDate, scope, canonical, SIGV4_ALGORITHM);
    const credentials = { accessKeyId: claim.accessKeyId, secretAccessKey };
    const key = await getSigningKey(Sha256, credentials, claim.shortDate, claim.region, claim.service);
    const mac = new Sha256(key);
    mac.update(toSign);
    return Buffer.from(await mac.digest()).toString("hex");
  }
}

function canonicalHeaders(request: SandboxRequest, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const values = request.headers.get(name);
      if (values === undefined) throw mismatch(`the signed header "${name}" is not in the request`);
      return [name, values.map((value) => value.trim().replace(/\s+/g, " ")).join(",")];
    }),
  );
}

async function sha256Hex(text: string): Promise<string> {
  const hash = new Sha256();
  hash.update(text);
  return Buffer.from(await hash.digest()).toString("hex");
}

/** The signature is not the one that it has to be; the client is told no more, the log is told why. */
export function mismatch(meaning: string): Refusal {
  return new Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    [finding("the signature", "a signature over this request by this key", null, meaning, SIGNATURE_REFERENCE)],
  );
}
