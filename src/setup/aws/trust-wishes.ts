import { Fault } from "../../core/fault.ts";
import type { AllowedClaims } from "../../trust/aws/web-identity-trust.ts";
import { OWNER_TAG, type TrustParameters } from "./trust-stack.ts";

/** What a person asked of a role, before any of it was looked at. */
export interface RoleWishes {
  readonly policyArns: readonly string[];
  readonly roleName: string;
  readonly permissionsBoundary: string | null;
  readonly maxSessionSeconds: number;
  /** `KEY=VALUE`, for every resource that can have tags. */
  readonly tags: readonly string[];
}

/** What a person asked of a role and of the stack that makes it. */
export interface TrustWishes extends RoleWishes {
  readonly stackName: string;
  readonly hosting: "cloudfront" | "s3";
  readonly pinRole: boolean;
  readonly bindSessionName: boolean;
  /** For which the role may ask AWS for tokens of the account's own issuer; null: for none (the default). */
  readonly tokenAudience?: string | null;
}

/** Whom the role is to trust. */
export interface TrustedIdentity {
  /** The device's subject, or the issuer of the people: what the resources are tagged with. */
  readonly owner: string;
  /** Exact values of `sub`; empty where {@link patterns} say it. */
  readonly subjects: readonly string[];
  /** Patterns of `sub` with `*`. */
  readonly patterns: readonly string[];
  /** Values of the session tag `group`, one of which a token must carry; empty: it need carry none. */
  readonly groups: readonly string[];
  readonly audience: string;
  readonly allowed: AllowedClaims;
  /** Where the issuer is: in the stack, below this path; or elsewhere, at this URL. */
  readonly issuer:
    | { readonly kind: "hosted"; readonly path: string }
    | { readonly kind: "joined"; readonly url: string; readonly providerExists: boolean };
}

const MANAGED_POLICY = /^arn:aws[a-z0-9-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,640}$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;
const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
/** What the template can put into a policy unchanged. */
const VALUE = /^[^\s",\\$*?⟦⟧]{1,255}$/;
const PATTERN = /^[^\s",\\$?⟦⟧]{1,255}$/;

/**
 * Checks the wishes against what AWS takes, before anything is sent.
 *
 * @throws {Fault} `ARN_INVALID`, `NAME_INVALID`.
 */
export function checkWishes({ stackName, ...role }: TrustWishes): void {
  checkRole(role);
  if (!STACK_NAME.test(stackName)) {
    throw new Fault("NAME_INVALID", `--stack-name "${stackName}" is not 1 to 40 letters, digits and dashes, a letter first`);
  }
}

/** The same for a role that no stack makes. @throws {Fault} `ARN_INVALID`, `NAME_INVALID` */
export function checkRole({ policyArns, permissionsBoundary, roleName, tags }: RoleWishes): void {
  for (const arn of policyArns) requirePolicy(arn, "--policy-arn");
  if (permissionsBoundary !== null) requirePolicy(permissionsBoundary, "--permissions-boundary");
  if (!ROLE_NAME.test(roleName)) {
    throw new Fault("NAME_INVALID", `--role-name "${roleName}" is not 1 to 64 letters, digits and characters of +=,.@_-`);
  }
  parseTags(tags);
}

/** The tags of the stack, which CloudFormation hands on to its resources. @throws {Fault} `NAME_INVALID` */
export function stackTags(wishes: TrustWishes, owner: string): Readonly<Record<string, string>> {
  return { ...parseTags(wishes.tags), [OWNER_TAG]: owner };
}

/** The parameters of the template for what was asked. @throws {Fault} `NAME_INVALID` for a value that no policy can hold. */
export function trustParameters(wishes: TrustWishes, identity: TrustedIdentity): TrustParameters {
  const { issuer } = identity;
  for (const value of [...identity.subjects, ...identity.groups, identity.audience]) requireValue(value, VALUE);
  for (const value of identity.patterns) requireValue(value, PATTERN);
  if (typeof wishes.tokenAudience === "string") requireValue(wishes.tokenAudience, VALUE);
  for (const value of identity.patterns) requireNarrow(value);
  return {
    Owner: identity.owner,
    PolicyArns: wishes.policyArns.join(","),
    RoleName: wishes.roleName,
    Audience: identity.audience,
    ...(issuer.kind === "hosted"
      ? { Hosting: wishes.hosting, IssuerPath: issuer.path }
      : {
          Hosting: "none",
          IssuerAddress: issuer.url.replace(/^https:\/\//, ""),
          CreateProvider: issuer.providerExists ? "no" : "yes",
        }),
    Subjects: identity.subjects.join(","),
    SubjectPatterns: identity.patterns.join(","),
    Groups: identity.groups.join(","),
    PermissionsBoundary: wishes.permissionsBoundary ?? "",
    TokenAudience: wishes.tokenAudience ?? "",
    MaxSessionDuration: String(wishes.maxSessionSeconds),
    SessionTags: identity.allowed.allowTags ? "yes" : "no",
    SourceIdentity: identity.allowed.allowSourceIdentity ? "yes" : "no",
    PinRole: wishes.pinRole ? "yes" : "no",
    BindSessionName: wishes.bindSessionName ? "yes" : "no",
  };
}

function requirePolicy(arn: string, flag: string): void {
  if (MANAGED_POLICY.test(arn)) return;
  throw new Fault("ARN_INVALID", `${flag} "${arn}" is not the ARN of a managed policy`, {
    hints: [
      "write it as `arn:aws:iam::123456789012:policy/NAME`, or `arn:aws:iam::aws:policy/ReadOnlyAccess` for one of AWS's own",
    ],
  });
}

function requireValue(value: string, pattern: RegExp): void {
  if (pattern.test(value)) return;
  throw new Fault("NAME_INVALID", `"${value}" cannot stand in a trust policy: no white space and none of " , \\ $ * ?`);
}

/** `*` names nobody, and neither does `*@*`. @throws {Fault} `NAME_INVALID` */
function requireNarrow(pattern: string): void {
  if (!/^[*@.]*$/.test(pattern)) return;
  throw new Fault("NAME_INVALID", `"${pattern}" would let everybody in to whom the issuer gives a token`);
}

/** `KEY=VALUE` as AWS takes tags. @throws {Fault} `NAME_INVALID` */
export function parseTags(words: readonly string[]): Readonly<Record<string, string>> {
  const pairs = words.map((word) => {
    const [, key, value] = /^([\p{L}\p{N} _.:/=+@-]{1,128}?)=([\p{L}\p{N} _.:/=+@-]{0,256})$/u.exec(word) ?? [];
    if (key === undefined || value === undefined || /^(aws|brevet):/i.test(key)) {
      throw new Fault("NAME_INVALID", `--tag "${word}" is not KEY=VALUE as AWS takes tags`, {
        hints: ["write it as `--tag team=platform`"],
      });
    }
    return [key, value] as const;
  });
  return Object.fromEntries(pairs);
}
