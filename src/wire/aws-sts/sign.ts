import { AwsV4Signer } from "aws4fetch";
import type { Secret } from "../../core/secret.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";

/** The keys that sign a call; those of a role session have a token. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret<string>;
  readonly sessionToken: Secret<string> | null;
}

/** A call of STS as it is sent. */
export interface UnsignedCall {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The headers of a call with its signature by Signature Version 4.
 *
 * @param now by the corrected clock.
 * @see IAM User Guide, "AWS Signature Version 4 for API requests"
 */
export async function signStsCall(
  { endpoint, headers, body }: UnsignedCall,
  keys: SigningKeys,
  region: string,
  now: EpochSeconds,
): Promise<Record<string, string>> {
  const signer = new AwsV4Signer({
    method: "POST",
    url: endpoint,
    headers: { ...headers },
    body,
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey.reveal(),
    ...(keys.sessionToken === null ? {} : { sessionToken: keys.sessionToken.reveal() }),
    service: "sts",
    region,
    datetime: formatUtc(now).replace(/[-:]/g, ""),
  });
  const signed = await signer.sign();
  return Object.fromEntries([...signed.headers]);
}
