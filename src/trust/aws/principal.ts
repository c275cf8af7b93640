import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { anyOf, type Certainty, certain } from "./certainty.ts";
import type { TrustPrincipal } from "./request.ts";

/**
 * The `Principal` element of a statement: who it is about.
 *
 * @see IAM User Guide, reference_policies_elements_principal
 */
export type PrincipalElement =
  | { readonly kind: "listed"; readonly entries: readonly PrincipalEntry[] }
  /** `NotPrincipal`, which this version does not evaluate. */
  | { readonly kind: "not-principal" };

/** `{ type: "Federated", value: "arn:aws:iam::123456789012:oidc-provider/issuer.example" }` */
export interface PrincipalEntry {
  readonly type: string;
  readonly value: string;
}

/**
 * Reads a `Principal` element.
 *
 * @throws {Fault} `POLICY_INVALID`: empty, the wrong type, a wildcard within a name, or an ARN that can be no principal there.
 */
export function parsePrincipal(value: unknown, at: string): PrincipalElement {
  // IAM's answer to a bare star: AssumeRolepolicy contained an invalid principal: "STAR":"*"
  if (value === "*") throw invalid(at, 'is a bare "*", which IAM takes in a trust policy only as { "AWS": "*" }');
  if (!isJsonObject(value)) {
    throw invalid(at, "is not an object of principal types");
  }
  const entries = Object.entries(value).flatMap(([type, names]: [string, unknown]) => {
    const listed = Array.isArray(names) ? (names as readonly unknown[]) : [names];
    if (listed.length === 0) throw invalid(`${at}.${type}`, "is empty");
    return listed.map((name) => parseEntry(type, name, `${at}.${type}`));
  });
  if (entries.length === 0) throw invalid(at, "names nobody");
  return { kind: "listed", entries };
}

function parseEntry(type: string, name: unknown, at: string): PrincipalEntry {
  if (typeof name !== "string" || name === "") throw invalid(at, "is neither a string nor a list of strings");
  if (name !== "*" && /[*?]/.test(name) && (type === "AWS" || type === "Federated" || type === "Service")) {
    throw invalid(at, `"${name}" has a wildcard, and a principal is named in full`);
  }
  if (type === "AWS" && /^arn:[^:]*:iam:[^:]*:[^:]*:(oidc-provider|saml-provider|group)\//.test(name)) {
    throw invalid(at, `"${name}" is no user, role, session or account; a provider belongs under Federated`);
  }
  return { type, value: name };
}

/** Whether a statement's principal is the caller. */
export function matchPrincipal(element: PrincipalElement, caller: TrustPrincipal): Certainty {
  switch (element.kind) {
    case "not-principal":
      return "unknown";
    case "listed":
      return anyOf(element.entries.map((entry) => matchEntry(entry, caller)));
  }
}

// AWS says that "*" is everyone, and of a federated caller it says only that its provider is named under Federated.
function matchEveryone(caller: TrustPrincipal): Certainty {
  return caller.kind === "aws" ? "yes" : "unknown";
}

function matchEntry({ type, value }: PrincipalEntry, caller: TrustPrincipal): Certainty {
  switch (type) {
    case "AWS":
      if (value === "*") return matchEveryone(caller);
      return caller.kind === "aws" ? matchAws(value, caller.arn) : "no";
    case "Federated":
      return caller.kind === "federated" ? matchFederated(value, caller.arn) : value === "*" ? "unknown" : "no";
    case "Service":
      return "no";
    default:
      return "unknown";
  }
}

function matchFederated(wanted: string, provider: string): Certainty {
  if (wanted === provider) return "yes";
  // A built-in provider and an IAM provider for the same host: AWS does not say whether one stands for the other.
  const sameHost = provider.endsWith(`:oidc-provider/${wanted}`) || wanted.endsWith(`:oidc-provider/${provider}`);
  return wanted === "*" || sameHost ? "unknown" : "no";
}

interface CallerArn {
  readonly partition: string;
  readonly service: string;
  readonly account: string;
  readonly resource: string;
}

function readArn(arn: string): CallerArn | null {
  const [scheme, partition, service, , account, ...resource] = arn.split(":");
  if (scheme !== "arn" || partition === undefined || service === undefined || account === undefined) return null;
  return resource.length === 0 ? null : { partition, service, account, resource: resource.join(":") };
}

function matchAws(wanted: string, callerArn: string): Certainty {
  if (wanted === callerArn) return "yes";
  const caller = readArn(callerArn);
  if (caller === null) return "unknown";
  if (/^\d{12}$/.test(wanted)) return certain(wanted === caller.account);
  const named = readArn(wanted);
  // AIDA…, AROA…: what is left of a user or role that was deleted; a caller's ARN does not tell its unique id.
  if (named === null) return "unknown";
  if (named.partition !== caller.partition || named.account !== caller.account) return "no";
  if (named.resource === "root") return "yes";
  const [kind, ...path] = named.resource.split("/");
  if (kind === "role" && caller.resource.startsWith("assumed-role/")) {
    // A session's ARN lacks the role's path, but names are unique within an account.
    return certain(caller.resource.split("/")[1] === path.at(-1));
  }
  // A federated user acts for the user who asked for it, and AWS does not say whether it is that user here.
  if (kind === "user" && caller.resource.startsWith("federated-user/")) return "unknown";
  return kind === "role" || kind === "user" || kind === "assumed-role" || kind === "federated-user" ? "no" : "unknown";
}

function invalid(element: string, reason: string): Fault {
  return new Fault("POLICY_INVALID", `${element} ${reason}`, { details: { element } });
}
