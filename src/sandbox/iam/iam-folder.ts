import { basename, join } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { PermissionSource } from "../../trust/aws/caller-permission.ts";
import { parseTrustPolicy, type TrustPolicy } from "../../trust/aws/policy.ts";
import { checkIssuerUrl } from "../issuers/mapping.ts";
import { invalidFile, jsonFilesIn, readJsonFile } from "../json-files.ts";
import { findSamlProvider, type SamlProvider } from "./saml-providers.ts";

/**
 * The sandbox's IAM: OIDC providers and roles as files in its folder, read again at each request, so that an edited
 * trust policy holds from the next call on.
 *
 * - `iam/oidc-providers/<any name>.json`: `{ "url": "https://issuer.example/laptop", "clientIds": ["sts.amazonaws.com"] }`
 * - `iam/saml-providers/<name>.xml`: a SAML provider's metadata, in every account
 * - `iam/roles/<name>.json`: `{ "accountId": "123456789012", "trustPolicy": { … } }`, see {@link Role}.
 */
export interface IamFolder {
  /** The OIDC provider of an account that has exactly this URL; IAM compares it with case. */
  findProvider(accountId: string, url: string): OidcProvider | null;
  /** Providers of the account, for the message that lists what is there. */
  providers(accountId: string): readonly OidcProvider[];
  findRole(arn: string): Role | null;
  /** The SAML provider of that name, in any account. */
  findSamlProvider(name: string): SamlProvider | null;
  /** Reads everything, so that a sandbox does not start on files that it could not serve. */
  check(): void;
}

/** An IAM OIDC provider; without `accountId` it exists in every account of the sandbox. */
export interface OidcProvider {
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly accountId: string | null;
  /** Where it stands, for messages. */
  readonly file: string;
}

export interface Role {
  readonly arn: string;
  readonly partition: string;
  readonly accountId: string;
  /** The role's name without its path. */
  readonly name: string;
  /** Seconds; 3600 to 43,200. */
  readonly maxSessionDuration: number;
  /** The trust policy as JSON text, as `src/trust/aws` parses it. */
  readonly trustPolicy: string;
  /** An identity-based policy as JSON text: what the role may do; the sandbox asks it for `sts:AssumeRole`. Null: nothing. */
  readonly permissions: string | null;
  /** Where it stands, for messages. */
  readonly file: string;
}

const ROLE_ARN = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[!-~]+\/)?([\w+=,.@-]{1,64})$/;
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "is not an account id of 12 digits"));
const policyDocument = v.union([v.string(), v.record(v.string(), v.unknown())], "is neither a policy document nor its text");

const providerFile = v.strictObject({
  $schema: v.optional(v.string()),
  accountId: v.optional(accountId),
  url: v.string("is not a string"),
  clientIds: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(255, "is longer than 255 characters"))),
    v.maxLength(100, "has more than 100 entries, which IAM does not take"),
  ),
});

const roleFile = v.strictObject({
  $schema: v.optional(v.string()),
  arn: v.optional(v.pipe(v.string(), v.regex(ROLE_ARN, "is not the ARN of a role"))),
  accountId: v.optional(accountId),
  maxSessionDuration: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(3600, "is under 3600"), v.maxValue(43_200, "is over 43200")),
    3600,
  ),
  trustPolicy: policyDocument,
  permissions: v.optional(policyDocument),
});

/**
 * Opens the IAM of a sandbox folder. Nothing is read before it is asked for.
 *
 * Each method throws {Fault} `SANDBOX_INVALID` naming the file and the key that it cannot serve.
 */
export function openIamFolder(folder: string): IamFolder {
  const providersOf = (account: string): readonly OidcProvider[] =>
    jsonFilesIn(join(folder, "iam", "oidc-providers"))
      .map(readProvider)
      .filter((provider) => provider.accountId === null || provider.accountId === account);
  return {
    providers: providersOf,
    findProvider: (account, url) => providersOf(account).find((provider) => provider.url === url) ?? null,
    check() {
      rejectRepeated(
        jsonFilesIn(join(folder, "iam", "oidc-providers")).map(readProvider),
        ({ url, accountId }) => `${url} ${accountId ?? ""}`,
      );
      const roles = jsonFilesIn(join(folder, "iam", "roles")).map(readRole);
      rejectRepeated(roles, (role) => role.arn);
      for (const role of roles) trustPolicyOf(role);
    },
    findSamlProvider: (name) => findSamlProvider(folder, name),
    findRole: (arn) =>
      jsonFilesIn(join(folder, "iam", "roles"))
        .map(readRole)
        .find((role) => role.arn === arn) ?? null,
  };
}

/** IAM has each provider and each role once in an account. */
function rejectRepeated<T extends { readonly file: string }>(entries: readonly T[], identify: (entry: T) => string): void {
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const key = identify(entry);
    const other = seen.get(key);
    if (other !== undefined) throw invalidFile(entry.file, "", `${key.trim()} is in ${other} too`);
    seen.set(key, entry.file);
  }
}

function readProvider(file: string): OidcProvider {
  const value = readJsonFile(file, providerFile);
  try {
    checkIssuerUrl(value.url);
  } catch (error) {
    throw invalidFile(file, "url", error instanceof Fault ? error.message : String(error), error);
  }
  return { url: value.url, clientIds: value.clientIds, accountId: value.accountId ?? null, file };
}

function readRole(file: string): Role {
  const value = readJsonFile(file, roleFile);
  if (value.arn === undefined && value.accountId === undefined) throw invalidFile(file, "arn", "is missing, and so is accountId");
  const arn = value.arn ?? `arn:aws:iam::${value.accountId}:role/${basename(file, ".json")}`;
  const [, partition = "", account = "", name = ""] = ROLE_ARN.exec(arn) ?? [];
  if (name === "") throw invalidFile(file, "accountId", `with the file's name makes no role: ${arn}`);
  return {
    arn,
    partition,
    accountId: account,
    name,
    maxSessionDuration: value.maxSessionDuration,
    trustPolicy: policyText(value.trustPolicy),
    permissions: value.permissions === undefined ? null : policyText(value.permissions),
    file,
  };
}

/**
 * A role's trust policy.
 *
 * @throws {Fault} `SANDBOX_INVALID` naming the role's file: IAM would not have stored it.
 */
export function trustPolicyOf(role: Role): TrustPolicy {
  try {
    return parseTrustPolicy(role.trustPolicy);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new Fault("SANDBOX_INVALID", `trustPolicy in ${role.file}: ${cause.message}`, {
      cause,
      hints: cause.hints,
      details: { ...cause.details, file: role.file, key: "trustPolicy" },
    });
  }
}

/** What a role's own permissions say, and where. */
export function permissionsOf({ permissions: policy, file }: Role): PermissionSource {
  return { policy, label: `permissions in ${file}` };
}

function policyText(policy: string | Readonly<Record<string, unknown>>): string {
  return typeof policy === "string" ? policy : JSON.stringify(policy);
}
