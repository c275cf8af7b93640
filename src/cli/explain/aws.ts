import type { Fault } from "../../core/fault.ts";
import { explainDocuments, explainFault, explainToken, type JudgedClaims } from "../../flows/explain-profile.ts";
import { explainChain } from "../../trust/aws/explain-chain.ts";
import { explainWebIdentity, type WebIdentityQuestion } from "../../trust/aws/explain-web-identity.ts";
import type { TagsBy } from "../../trust/aws/mend.ts";
import type { Surroundings } from "../../trust/aws/surroundings.ts";
import { IAM_CHANGES, type TrustChanges } from "../../trust/aws/trust-changes.ts";
import type { AwsTrustSource } from "../../trust/aws/trust-source.ts";
import type { Explained } from "../../trust/explained.ts";
import { AWS_SOURCE_IDENTITY_CLAIM, AWS_TAGS_CLAIM, encodeAwsTags } from "../../wire/aws-sts/token-claims.ts";
import type { IdentityEntry } from "../../wire/brevet-config/config.ts";
import type { WebIdentityEvent } from "../../wire/cloudtrail/web-identity-event.ts";
import type { Context } from "../command.ts";
import type { HttpReach } from "../composition.ts";
import { type AwsCallFacts, awsCallFacts } from "../exchange-kinds.ts";
import { type SelectedEntry, selectedEntry } from "../resolve-profile.ts";

/** What is explained, and by what. */
export interface AwsExplanation {
  readonly profile: string;
  readonly source: AwsTrustSource | null;
  /** A call that CloudTrail recorded; null: the one that this machine would make now. */
  readonly event: WebIdentityEvent | null;
  readonly reach: HttpReach;
}

/** Everything that an AWS profile's way to credentials asks for, in its order; of a chain, the first profile first. */
export async function explainAws(wish: AwsExplanation, context: Context): Promise<readonly Explained[]> {
  const { compose, environment } = context;
  const entry = selectedEntry({ profile: wish.profile, overrides: {} }, await compose.config(), environment);
  if (entry.source.kind === "via") {
    const { profile: via } = entry.source;
    const before = await explainAws({ ...wish, profile: via }, context);
    return [...before, ...(await explainHop(via, entry, wish, context))];
  }
  return wish.event === null ? explainOwn(entry, wish, context) : explainEvent(entry, wish.event, wish, context);
}

async function explainOwn(entry: SelectedEntry, wish: AwsExplanation, context: Context): Promise<readonly Explained[]> {
  const { compose } = context;
  try {
    const { entry: identityEntry, identity } = await compose.identity(...identityOf(entry));
    const { subject } = await identity.describe();
    const path = await compose.profilePath({ profile: entry.name, overrides: {} });
    const { token, explained } = await explainToken(path, identity);
    if (token === null) return explained;
    const { claims } = token;
    const documents = identityEntry.kind === "device" ? [await documentsOf(identityEntry.name, claims, wish, context)] : [];
    const facts = await awsCallFacts(entry, subject);
    return [
      ...explained,
      ...documents,
      ...(await explainTrust(facts, claims, wish, { now: compose.clock.now(), entry: identityEntry })),
    ];
  } catch (cause) {
    return [explainFault("the identity", cause as Fault)];
  }
}

/** The name, and the place in the config that has it or should. */
function identityOf({ source, place }: SelectedEntry): readonly [name: string | undefined, place: string] {
  return [source.kind === "identity" ? source.name : undefined, place.at("identity").path];
}

async function documentsOf(
  identity: string,
  { iss }: JudgedClaims,
  { reach }: AwsExplanation,
  { compose }: Context,
): Promise<Explained> {
  const { signer } = await compose.device(identity);
  const ports = { http: await compose.http(reach), keys: () => signer.publicKeys() };
  return explainDocuments({ verifier: "aws", issuer: iss, identity }, ports);
}

/** What CloudTrail recorded, judged by the trust as it is now. */
async function explainEvent(
  entry: SelectedEntry,
  event: WebIdentityEvent,
  wish: AwsExplanation,
  context: Context,
): Promise<readonly Explained[]> {
  const claims: JudgedClaims = {
    iss: `https://${event.provider}`,
    aud: event.audience,
    sub: event.subject,
    ...(Object.keys(event.tags).length === 0
      ? {}
      : { [AWS_TAGS_CLAIM]: encodeAwsTags({ principal: event.tags, transitive: event.transitiveTags }) }),
    ...(event.sourceIdentity === null ? {} : { [AWS_SOURCE_IDENTITY_CLAIM]: event.sourceIdentity }),
  };
  const facts = { ...event, durationSeconds: event.durationSeconds };
  const surroundings: Surroundings = {
    ...(event.sourceIp === null ? {} : { sourceIp: event.sourceIp }),
    ...(event.region === null ? {} : { region: event.region }),
    ...(event.userAgent === null ? {} : { userAgent: event.userAgent }),
  };
  const { entry: identityEntry } = await context.compose.identity(...identityOf(entry));
  const trust = await explainTrust(facts, claims, wish, { now: event.at, surroundings, entry: identityEntry });
  const caller = await explainCaller(entry, event, context);
  return [caller, ...(caller.verdict.outcome === "allowed" ? trust : trust.map(unmended))];
}

/** No advice lets in a caller whose identity is not proven here. */
function unmended(one: Explained): Explained {
  if (one.verdict.outcome !== "refused") return one;
  return { ...one, mend: ["the call is another identity's: whether it is to be let in is for whoever knows that one"] };
}

/** Whether the call was this machine's, for this profile: another device's refusal is mended elsewhere. */
async function explainCaller(entry: SelectedEntry, event: WebIdentityEvent, { compose }: Context): Promise<Explained> {
  const asks = "who made the call";
  const { identity } = await compose.identity(...identityOf(entry));
  const { issuer, subject } = await identity.describe();
  const source = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html";
  const saw = [`https://${event.provider}`, event.subject];
  const ours = event.subject === subject && `https://${event.provider}` === issuer;
  const finding = { at: "userIdentity", wanted: [issuer ?? "", subject ?? ""], saw, source };
  if (ours) {
    const because = { ...finding, meaning: "the event is of this machine's identity" };
    return { asks, verdict: { outcome: "allowed", because }, mend: [] };
  }
  const meaning = "the event is of another identity than the one of this profile";
  return { asks, verdict: { outcome: "unknown", because: [{ ...finding, meaning }] }, mend: [] };
}

type CallFacts = Pick<AwsCallFacts, "roleArn" | "roleSessionName"> & { readonly durationSeconds: number | null };

interface CallScene {
  readonly now: number;
  readonly surroundings?: Surroundings;
  /** Whose token is presented. */
  readonly entry: IdentityEntry;
}

/** A device's tokens have the tags of the profile; others have those of whoever signs them. */
function tagsBy({ kind }: IdentityEntry): TagsBy {
  if (kind === "device") return "profile";
  return kind === "server" ? "server" : "issuer";
}

async function explainTrust(
  { roleArn, roleSessionName, durationSeconds }: CallFacts,
  claims: JudgedClaims,
  { source }: AwsExplanation,
  { now, surroundings = {}, entry }: CallScene,
): Promise<readonly Explained[]> {
  const account = roleArn.split(":")[4] ?? "";
  const question: WebIdentityQuestion = {
    roleArn,
    claims,
    roleSessionName,
    durationSeconds,
    now,
    surroundings,
    tagsBy: tagsBy(entry),
  };
  const role = source === null ? "unknown" : await source.role(roleArn);
  const providers = source === null ? "unknown" : await source.providers(account, claims.iss);
  return explainWebIdentity(question, { role, providers, changes: changesOf(source) });
}

function changesOf(source: AwsTrustSource | null): TrustChanges {
  return source?.changes ?? IAM_CHANGES;
}

/** From the role of one profile to that of the next. */
async function explainHop(
  via: string,
  entry: SelectedEntry,
  { source }: AwsExplanation,
  { compose, environment }: Context,
): Promise<readonly Explained[]> {
  try {
    const caller = await awsCallFacts(selectedEntry({ profile: via, overrides: {} }, await compose.config(), environment), null);
    const facts = await awsCallFacts(entry, null);
    const role = source === null ? "unknown" : await source.role(facts.roleArn);
    const permissions = source === null ? "unknown" : await source.permissions(caller.roleArn);
    const question = {
      ...facts,
      callerRoleArn: caller.roleArn,
      callerSessionName: caller.roleSessionName,
      now: compose.clock.now(),
    };
    return explainChain(question, { role, permissions, changes: changesOf(source) }).map((one) => ({
      ...one,
      asks: `${one.asks} (${entry.name})`,
    }));
  } catch (cause) {
    return [explainFault(`the profile ${entry.name}`, cause)];
  }
}
