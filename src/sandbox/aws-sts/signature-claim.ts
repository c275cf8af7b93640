import type { EpochSeconds } from "../../core/time.ts";
import type { SandboxRequest } from "../service.ts";
import { finding, Refusal, SIGNATURE_REFERENCE } from "./refusal.ts";

export const SIGV4_ALGORITHM = "AWS4-HMAC-SHA256";
/** How far a request's date may be from the server's. */
export const SKEW_SECONDS = 900;
const MAX_PRESIGNED_SECONDS = 604_800;

/** What the request says of its own signature. */
export interface SignatureClaim {
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
 * Reads the signature of a request: the `Authorization` header, or the query of a presigned request. Nothing is verified.
 *
 * @throws {Refusal} `MissingAuthenticationToken`, `IncompleteSignature`, `SignatureDoesNotMatch` when `host` is not signed.
 * @see IAM User Guide, Signature Version 4, elements of a request signature
 */
export function readSignatureClaim(request: SandboxRequest): SignatureClaim {
  const header = request.headers.get("authorization")?.[0];
  const query = new URLSearchParams(request.query);
  if (header === undefined && !query.has("X-Amz-Signature")) {
    throw new Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", [
      finding(
        "the request",
        "an Authorization header or X-Amz-Signature",
        null,
        "this action has to be signed",
        SIGNATURE_REFERENCE,
      ),
    ]);
  }
  return header === undefined ? readQueryClaim(request, query) : readHeaderClaim(request, header);
}

function readHeaderClaim(request: SandboxRequest, header: string): SignatureClaim {
  const [algorithm = "", rest = ""] = splitOnce(header, " ");
  if (algorithm !== SIGV4_ALGORITHM) throw incomplete(`unsupported Authorization algorithm '${algorithm.slice(0, 40)}'`);
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
  if (field("X-Amz-Algorithm") !== SIGV4_ALGORITHM) throw incomplete("unsupported X-Amz-Algorithm");
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

/** The service that a request is signed for, as its scope says: `s3`; null for one that is not signed. Nothing is verified. */
export function serviceOfSignature({ headers, query }: SandboxRequest): string | null {
  const [, inHeader] = /^AWS4-HMAC-SHA256 .*\bCredential=([^,\s]+)/.exec(headers.get("authorization")?.[0] ?? "") ?? [];
  const credential = inHeader ?? new URLSearchParams(query).get("X-Amz-Credential");
  return credential?.split("/")[3] ?? null;
}

/** The region of an endpoint of STS; null for a loopback name, which serves them all. */
export function regionOfHost(host: string): string | null {
  const name = host.replace(/:\d+$/, "");
  if (name === "sts.amazonaws.com") return "us-east-1";
  return /^sts(?:-fips)?\.([a-z0-9-]+)\./.exec(name)?.[1] ?? null;
}

/** `20260301T120000Z` */
export function longDate(instant: EpochSeconds): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function httpDate(text: string | undefined): string | null {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : longDate(Math.floor(milliseconds / 1000));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The signature is not in the form that it has to have. */
export function incomplete(message: string): Refusal {
  return new Refusal("IncompleteSignature", message);
}
