import { timingSafeEqual } from "node:crypto";
import type { EpochSeconds } from "../../core/time.ts";
import type { SandboxRequest } from "../service.ts";
import { calculateSignature, mismatch } from "./calculate-signature.ts";
import { finding, Refusal, SIGNATURE_REFERENCE } from "./refusal.ts";
import type { RoleSession, SessionSeal } from "./role-session.ts";
import { incomplete, longDate, readSignatureClaim, regionOfHost, type SignatureClaim, SKEW_SECONDS } from "./signature-claim.ts";

/**
 * Verification of AWS Signature Version 4 on requests to STS: the `Authorization` header and presigned queries. The
 * canonical form is that of `@smithy/signature-v4`; the exchange signs with another library, so that one bug cannot agree
 * with itself. Chunked and asymmetric (v4a) signatures do not occur at STS and are refused.
 *
 * @see IAM User Guide, Create a signed AWS API request; Signature Version 4, elements of a request signature
 */

/**
 * The role session whose keys signed the request.
 *
 * @throws {Refusal} `MissingAuthenticationToken`, `IncompleteSignature`, `InvalidClientTokenId`, `SignatureDoesNotMatch`,
 * `ExpiredToken`, in the order in which STS looks.
 */
export async function verifySignature(request: SandboxRequest, seal: SessionSeal, now: EpochSeconds): Promise<RoleSession> {
  const claim = readSignatureClaim(request);
  checkScope(claim, request);
  checkDate(claim, now);
  const session = findSession(claim, seal);
  const signature = await calculateSignature(request, claim, session.secretAccessKey);
  if (!isSame(signature, claim.signature)) throw mismatch("the signature is not that of this key over this request");
  if (session.expiresAt <= now) {
    throw new Refusal("ExpiredToken", "The security token included in the request is expired", [
      finding(
        "the session",
        `a time before ${session.expiresAt}`,
        String(now),
        "these credentials have ended: ask for new ones",
        SIGNATURE_REFERENCE,
      ),
    ]);
  }
  return session;
}

function findSession(claim: SignatureClaim, seal: SessionSeal): RoleSession {
  const invalid = (meaning: string): Refusal =>
    new Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", [
      finding("the access key", "keys that this sandbox handed out", claim.accessKeyId, meaning, SIGNATURE_REFERENCE),
    ]);
  if (claim.sessionToken === null) throw invalid("there is no X-Amz-Security-Token, which keys of a role session need");
  const session = seal.open(claim.sessionToken);
  if (session === null) throw invalid("the session token was not made by this sandbox");
  if (session.accessKeyId !== claim.accessKeyId) throw invalid("the session token belongs to another access key");
  return session;
}

function checkScope(claim: SignatureClaim, request: SandboxRequest): void {
  const refuse = (message: string, wanted: string, saw: string): Refusal =>
    new Refusal("SignatureDoesNotMatch", message, [
      finding("the credential scope", wanted, saw, "the request was signed for something else", SIGNATURE_REFERENCE),
    ]);
  if (claim.service !== "sts") throw refuse("Credential should be scoped to correct service: 'sts'. ", "sts", claim.service);
  if (claim.terminator !== "aws4_request") {
    throw refuse("Credential should be scoped with a valid terminator: 'aws4_request'.", "aws4_request", claim.terminator);
  }
  const region = regionOfHost(request.host);
  if (region === null ? !/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(claim.region) : region !== claim.region) {
    throw refuse("Credential should be scoped to a valid region. ", region ?? "a region", claim.region);
  }
  if (!claim.longDate.startsWith(claim.shortDate) || claim.shortDate.length !== 8) {
    throw refuse(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.shortDate}' != '${claim.longDate.slice(0, 8)}', from '${claim.longDate}'.`,
      claim.longDate.slice(0, 8),
      claim.shortDate,
    );
  }
}

function checkDate(claim: SignatureClaim, now: EpochSeconds): void {
  const at = parseLongDate(claim.longDate);
  if (at === null) throw incomplete("Date must be in ISO-8601 'basic format'.");
  const refuse = (message: string): Refusal =>
    new Refusal("SignatureDoesNotMatch", message, [
      finding(
        "X-Amz-Date",
        `within 15 min. of ${longDate(now)}`,
        claim.longDate,
        "the client's clock is off, or the request is old",
        SIGNATURE_REFERENCE,
      ),
    ]);
  const lives = claim.form === "header" ? SKEW_SECONDS : claim.expires;
  if (at + lives < now) {
    if (claim.form === "query") throw refuse(`Signature expired: ${claim.longDate} is now earlier than ${longDate(now)}`);
    throw refuse(
      `Signature expired: ${claim.longDate} is now earlier than ${longDate(now - lives)} (${longDate(now)} - 15 min.)`,
    );
  }
  if (at > now + SKEW_SECONDS) {
    throw refuse(
      `Signature not yet current: ${claim.longDate} is still later than ${longDate(now + SKEW_SECONDS)} (${longDate(now)} + 15 min.)`,
    );
  }
}

function parseLongDate(text: string): EpochSeconds | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
