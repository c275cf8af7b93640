import { timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { createScope, getSigningKey, SignatureV4 } from "@smithy/signature-v4";
import type { EpochSeconds } from "../../core/time.ts";
import type { SandboxRequest } from "../service.ts";
import { finding, Refusal } from "./refusal.ts";
import type { RoleSession, SessionSeal } from "./role-session.ts";

/**
 * Verification of AWS Signature Version 4 on requests to STS: the `Authorization` header and presigned queries. The
 * canonical form is that of `@smithy/signature-v4`; the exchange signs with another library, so that one bug cannot agree
 * with itself. Chunked and asymmetric (v4a) signatures do not occur at STS and are refused.
 *
 * @see IAM User Guide, Create a signed AWS API request; Signature Version 4, elements of a request signature
 */

/** How far a request's date may be from the server's. */
const SKEW_SECONDS = 900;
const MAX_PRESIGNED_SECONDS = 604_800;
const ALGORITHM = "AWS4-HMAC-SHA256";

/** What the request says of its own signature. */
interface SignatureClaim {
  readonly form: "header" | "query";
  readonly accessKeyId: string;
  readonly shortDate: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly longDate: string;
  readonly sessionToken: string | null;
  /** Seconds that a presigned request lives. */
  readonly expires: number;
}

/**
 * The role session whose keys signed the request.
 *
 * @throws {Refusal} `MissingAuthenticationToken`, `IncompleteSignature`, `InvalidClientTokenId`, `SignatureDoesNotMatch`,
 * `ExpiredToken`, in the order in which STS looks.
 */
export async function verifySignature(request: SandboxRequest, seal: SessionSeal, now: EpochSeconds): Promise<RoleSession> {
  const claim = readClaim(request);
  checkScope(claim, request);
  checkDate(claim, now);
  const session = findSession(claim, seal);
  const signature = await calculateSignature(request, claim, session.secretAccessKey);
  if (!isSame(signature, claim.signature)) throw mismatch("the signature is not that of this key over this request");
  if (session.expiresAt <= now) {
    throw new Refusal("ExpiredToken", "The security token included in the request is expired", [
      finding("the session", `a time before ${session.expiresAt}`, String(now), "these credentials have ended: ask for new ones"),
    ]);
  }
  return session;
}

function findSession(claim: SignatureClaim, seal: SessionSeal): RoleSession {
  const invalid = (meaning: string): Refusal =>
    new Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", [
      finding("the access key", "keys that this sandbox handed out", claim.accessKeyId, meaning),
    ]);
  if (claim.sessionToken === null) throw invalid("there is no X-Amz-Security-Token, which keys of a role session need");
  const session = seal.open(claim.sessionToken);
  if (session === null) throw invalid("the session token was not made by this sandbox");
  if (session.accessKeyId !== claim.accessKeyId) throw invalid("the session token belongs to another access key");
  return session;
}

async function calculateSignature(request: SandboxRequest, claim: SignatureClaim, secretAccessKey: string): Promise<string> {
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
    const query: Record<string, string[]> = {};
    for (const [name, value] of new URLSearchParams(request.query)) query[name] = [...(query[name] ?? []), value];
    const headers = canonicalHeaders(request, claim.signedHeaders);
    const message = { method: request.method, protocol: "https:", hostname: "", path: decodePath(request.path), query, headers };
    const canonical = this.createCanonicalRequest(message, headers, payloadHash);
    const scope = createScope(claim.shortDate, claim.region, claim.service);
    const toSign = await this.createStringToSign(claim.longDate, scope, canonical, ALGORITHM);
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

/** The library encodes the path once more, as AWS does for every service but S3. */
function decodePath(path: string): string {
  return path === "" ? "/" : path;
}

function readClaim(request: SandboxRequest): SignatureClaim {
  const header = request.headers.get("authorization")?.[0];
  const query = new URLSearchParams(request.query);
  if (header === undefined && !query.has("X-Amz-Signature")) {
    throw new Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", [
      finding("the request", "an Authorization header or X-Amz-Signature", null, "this action has to be signed"),
    ]);
  }
  return header === undefined ? readQueryClaim(request, query) : readHeaderClaim(request, header);
}

function readHeaderClaim(request: SandboxRequest, header: string): SignatureClaim {
  const [algorithm = "", rest = ""] = splitOnce(header, " ");
  if (algorithm !== ALGORITHM) throw incomplete(`unsupported Authorization algorithm '${algorithm.slice(0, 40)}'`);
  const fields = new Map(rest.split(",").map((part) => splitOnce(part.trim(), "=")));
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined || value === "") throw incomplete(`Authorization header requires '${name}' parameter.`);
    return value;
  };
  const longDate = request.headers.get("x-amz-date")?.[0] ?? httpDate(request.headers.get("date")?.[0]);
  if (longDate === null) throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  return {
    form: "header",
    ...readCredential(field("Credential")),
    signedHeaders: readSignedHeaders(field("SignedHeaders")),
    signature: field("Signature"),
    longDate,
    sessionToken: request.headers.get("x-amz-security-token")?.[0] ?? null,
    expires: 0,
  };
}

function readQueryClaim(request: SandboxRequest, query: URLSearchParams): SignatureClaim {
  const field = (name: string): string => {
    const [value = "", ...more] = query.getAll(name);
    if (value === "" || more.length > 0) throw incomplete(`AWS query-string parameters must include '${name}' exactly once.`);
    return value;
  };
  if (field("X-Amz-Algorithm") !== ALGORITHM) throw incomplete("unsupported X-Amz-Algorithm");
  const expires = Number(query.get("X-Amz-Expires") ?? SKEW_SECONDS);
  if (!Number.isSafeInteger(expires) || expires < 0 || expires > MAX_PRESIGNED_SECONDS) {
    throw incomplete("X-Amz-Expires must be between 0 and 604800 seconds");
  }
  return {
    form: "query",
    ...readCredential(field("X-Amz-Credential")),
    signedHeaders: readSignedHeaders(field("X-Amz-SignedHeaders")),
    signature: field("X-Amz-Signature"),
    longDate: field("X-Amz-Date"),
    sessionToken: query.get("X-Amz-Security-Token") ?? request.headers.get("x-amz-security-token")?.[0] ?? null,
    expires,
  };
}

function readCredential(text: string): Pick<SignatureClaim, "accessKeyId" | "shortDate" | "region" | "service" | "terminator"> {
  const parts = text.split("/");
  const [accessKeyId = "", shortDate = "", region = "", service = "", terminator = ""] = parts;
  if (parts.length !== 5)
    throw incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term");
  return { accessKeyId, shortDate, region, service, terminator };
}

/** `host` has to be signed, or a request could be replayed at another service; the order has to be canonical. */
function readSignedHeaders(text: string): readonly string[] {
  const names = text.split(";");
  if (!names.includes("host"))
    throw new Refusal("SignatureDoesNotMatch", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  if (names.some((name, index) => name !== name.toLowerCase() || (index > 0 && name <= (names[index - 1] ?? "")))) {
    throw incomplete("SignedHeaders must be lower case and sorted");
  }
  return names;
}

function checkScope(claim: SignatureClaim, request: SandboxRequest): void {
  const refuse = (message: string, wanted: string, saw: string): Refusal =>
    new Refusal("SignatureDoesNotMatch", message, [
      finding("the credential scope", wanted, saw, "the request was signed for something else"),
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

/** The region that an endpoint of STS stands in; null for a loopback name, which stands for all of them. */
function regionOfHost(host: string): string | null {
  const name = host.replace(/:\d+$/, "");
  if (name === "sts.amazonaws.com") return "us-east-1";
  return /^sts(?:-fips)?\.([a-z0-9-]+)\./.exec(name)?.[1] ?? null;
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

function longDate(instant: EpochSeconds): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function parseLongDate(text: string): EpochSeconds | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? null : milliseconds / 1000;
}

function httpDate(text: string | undefined): string | null {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : longDate(Math.floor(milliseconds / 1000));
}

async function sha256Hex(text: string): Promise<string> {
  const hash = new Sha256();
  hash.update(text);
  return Buffer.from(await hash.digest()).toString("hex");
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function mismatch(meaning: string): Refusal {
  return new Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    [finding("the signature", "a signature over this request by this key", null, meaning)],
  );
}

function incomplete(message: string): Refusal {
  return new Refusal("IncompleteSignature", message);
}
