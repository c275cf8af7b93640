import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject, type JsonObject } from "../../core/json-object.ts";
import { parseTrustPolicy } from "../../trust/aws/policy.ts";
import { type AllowedClaims, webIdentityStatement } from "../../trust/aws/web-identity-trust.ts";
import { openOutboundFederation } from "../aws-outbound/outbound-federation.ts";
import { checkIssuerUrl } from "../issuers/mapping.ts";
import { readJsonFile } from "../json-files.ts";
import { writeWhole } from "../sandbox-folder.ts";
import { openIamFolder } from "./iam-folder.ts";
import { parseSamlMetadata, samlProviderFile } from "./saml-providers.ts";

/** Whom a role of the sandbox is to trust. */
export interface TrustWish extends AllowedClaims {
  readonly accountId: string;
  readonly role: string;
  readonly caller:
    | { readonly kind: "issuer"; readonly issuer: string; readonly subject: string; readonly audience: string }
    | { readonly kind: "role"; readonly arn: string }
    /** A SAML provider by its metadata, under a name in IAM. */
    | { readonly kind: "saml"; readonly provider: string; readonly metadata: string };
  /** Seconds; 3600 to 43,200. */
  readonly maxSessionDuration?: number;
  /** Roles that the new role's own permissions let it assume. */
  readonly mayAssume: readonly string[];
  /** Audiences for which the role may ask STS for tokens of the account's own issuer, which is turned on. Default: none. */
  readonly outboundAudiences?: readonly string[];
}

/** What {@link addTrust} wrote. */
export interface AddedTrust {
  readonly roleArn: string;
  /** The account's own issuer, where the role may ask for its tokens. */
  readonly outboundIssuer: string | null;
  readonly files: readonly string[];
}

/**
 * Writes what an administrator would create in IAM: the OIDC provider with the audience, and the role whose trust policy
 * tests audience and subject. A role that exists gets one more statement, and a provider one more audience.
 *
 * @throws {Fault} `NAME_INVALID`, `URL_INVALID`, `AUDIENCE_INVALID`; `SANDBOX_INVALID` for files that are no IAM.
 */
export function addTrust(folder: string, wish: TrustWish): AddedTrust {
  if (!/^\d{12}$/.test(wish.accountId)) throw new Fault("NAME_INVALID", `"${wish.accountId}" is not an account id of 12 digits`);
  if (!/^[\w+=,.@-]{1,64}$/.test(wish.role)) throw new Fault("NAME_INVALID", `"${wish.role}" cannot be the name of a role`);
  const files = addCaller(folder, wish.caller);
  const roleArn = `arn:aws:iam::${wish.accountId}:role/${wish.role}`;
  files.push(addStatement(folder, roleArn, wish));
  const iam = openIamFolder(folder);
  if (iam.findRole(roleArn) === null)
    throw new Fault("SANDBOX_INVALID", `the file ${files.at(-1)} describes another role than ${roleArn}`);
  const mayAsk = (wish.outboundAudiences ?? []).length > 0;
  return { roleArn, files, outboundIssuer: mayAsk ? openOutboundFederation(folder).enable(wish.accountId) : null };
}

function addCaller(folder: string, caller: TrustWish["caller"]): string[] {
  if (caller.kind === "role") return [];
  return [caller.kind === "issuer" ? addProvider(folder, caller) : addSamlProvider(folder, caller)];
}

/** A second call replaces the metadata: a provider's certificates change. */
function addSamlProvider(
  folder: string,
  { provider, metadata }: { readonly provider: string; readonly metadata: string },
): string {
  if (!/^[\w.-]{1,128}$/.test(provider)) throw new Fault("NAME_INVALID", `"${provider}" cannot be the name of a SAML provider`);
  const file = samlProviderFile(folder, provider);
  parseSamlMetadata(metadata, "the metadata");
  writeWhole(file, metadata);
  return file;
}

function addProvider(folder: string, { issuer, audience }: { readonly issuer: string; readonly audience: string }): string {
  const url = checkIssuerUrl(issuer);
  if (audience === "" || audience.length > 255)
    throw new Fault("AUDIENCE_INVALID", `the audience "${audience}" is not 1 to 255 characters long`);
  const file = join(
    folder,
    "iam",
    "oidc-providers",
    `${`${url.host}${url.pathname}`.replace(/\/$/, "").replace(/[^\w.-]/g, "_")}.json`,
  );
  const present = readObject(file);
  const clientIds = Array.isArray(present?.["clientIds"]) ? present["clientIds"] : [];
  if (present !== null && present["url"] !== issuer)
    throw new Fault("SANDBOX_INVALID", `url in ${file} is not ${issuer}`, { details: { file, key: "url" } });
  if (!clientIds.includes(audience)) writeJson(file, { ...present, url: issuer, clientIds: [...clientIds, audience] });
  return file;
}

function addStatement(folder: string, roleArn: string, wish: TrustWish): string {
  const file = join(folder, "iam", "roles", `${wish.role}.json`);
  const present = readObject(file);
  const trustPolicy = withStatements(present?.["trustPolicy"], [trustStatement(wish)]);
  parseTrustPolicy(JSON.stringify(trustPolicy));
  const granted = permissionStatements(wish);
  writeJson(file, {
    arn: roleArn,
    ...present,
    ...(wish.maxSessionDuration === undefined ? {} : { maxSessionDuration: wish.maxSessionDuration }),
    trustPolicy,
    ...(granted.length === 0 ? {} : { permissions: withStatements(present?.["permissions"], granted) }),
  });
  return file;
}

/** A policy with more statements; one that it has already is not added again. */
function withStatements(stored: unknown, more: readonly unknown[]): JsonObject {
  const policy = isJsonObject(stored) ? stored : { Version: "2012-10-17", Statement: [] };
  const present: readonly unknown[] = Array.isArray(policy["Statement"]) ? policy["Statement"] : [policy["Statement"]];
  const texts = present.map((each) => JSON.stringify(each));
  return { ...policy, Statement: [...present, ...more.filter((each) => !texts.includes(JSON.stringify(each)))] };
}

function permissionStatements({ mayAssume, outboundAudiences = [] }: TrustWish): readonly unknown[] {
  const chaining = {
    Effect: "Allow",
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    Resource: mayAssume,
  };
  const tokens = {
    Effect: "Allow",
    Action: "sts:GetWebIdentityToken",
    Resource: "*",
    Condition: { "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": outboundAudiences } },
  };
  return [...(mayAssume.length === 0 ? [] : [chaining]), ...(outboundAudiences.length === 0 ? [] : [tokens])];
}

function trustStatement({ accountId, caller, allowTags, allowSourceIdentity }: TrustWish): unknown {
  if (caller.kind === "issuer") {
    return webIdentityStatement({ partition: "aws", accountId, ...caller, allowTags, allowSourceIdentity });
  }
  const extra = [...(allowTags ? ["sts:TagSession"] : []), ...(allowSourceIdentity ? ["sts:SetSourceIdentity"] : [])];
  if (caller.kind === "saml") {
    return {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::${accountId}:saml-provider/${caller.provider}` },
      Action: ["sts:AssumeRoleWithSAML", ...extra],
      Condition: { StringEquals: { "SAML:iss": parseSamlMetadata(caller.metadata, "the metadata").issuer } },
    };
  }
  return { Effect: "Allow", Principal: { AWS: caller.arn }, Action: ["sts:AssumeRole", ...extra] };
}

/** A file that is not JSON is not overwritten. */
function readObject(file: string): JsonObject | null {
  return existsSync(file) ? readJsonFile(file, v.custom<JsonObject>(isJsonObject, "is no JSON object")) : null;
}

function writeJson(file: string, value: unknown): void {
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}
