import { readOwnJson } from "../core/json-object.ts";
import type { Config } from "../wire/brevet-config/config.ts";
import { isServedNowhere } from "../wire/issuer-documents/issuer-url.ts";
import { parameterOf, parseStackState } from "./aws/trust-stack.ts";
import type { Step } from "./plan.ts";
import type { PlanRecord, RecordedStep } from "./record.ts";

/**
 * What setups need that another setup made: the issuer of an identity, and a profile that others go via. To a cloud that trusts
 * the identity, whoever serves keys at the issuer's URL is this identity, even after the URL was given up.
 */

/** What an identity's issuer is in a state of `brevet-issuer`. */
interface IssuerState {
  readonly issuer?: string;
  readonly publishedTo?: readonly string[];
}

/** The issuers that a cloud trusts by what a setup made in it. */
function trustedIssuers({ steps }: PlanRecord): readonly string[] {
  return steps.flatMap(({ step, facts }) => {
    if (step.after === null) return [];
    if (step.kind === "gcp-provider") return textMember(step.after, "issuerUri");
    if (step.kind === "azure-credential") return textMember(step.after, "issuer");
    if (step.kind !== "aws-stack") return [];
    const { outputIssuer } = facts;
    const address = parameterOf("IssuerAddress", parseStackState(step.after).parameters ?? {});
    return [...(outputIssuer === undefined ? [] : [outputIssuer]), ...(address === "" ? [] : [`https://${address}`])];
  });
}

/** The issuers hosted by what a setup made: taking it away gives up their addresses. */
export function hostedIssuers({ steps }: PlanRecord): readonly string[] {
  return steps.flatMap(({ step, facts: { outputIssuer, outputBucket } }) =>
    step.kind === "aws-stack" && outputIssuer !== undefined && outputBucket !== undefined ? [outputIssuer] : [],
  );
}

/** The setups among these in whose cloud one of these issuers is trusted. */
export function setupsTrusting(issuers: readonly string[], records: readonly PlanRecord[]): readonly PlanRecord[] {
  return records.filter((record) => trustedIssuers(record).some((issuer) => issuers.includes(issuer)));
}

/** The issuers that are gone once a setup is undone: those it hosts, and those that it alone put into the config. */
function issuersGivenUp(record: PlanRecord, others: readonly PlanRecord[]): readonly string[] {
  const elsewhere = others.flatMap(hostedIssuers);
  const written = record.steps.flatMap(({ step }) => {
    const [before, after] = [issuerState(step, step.before), issuerState(step, step.after)];
    return after.issuer === undefined || after.issuer === before.issuer ? [] : [after.issuer];
  });
  return [...hostedIssuers(record), ...written.filter((issuer) => !elsewhere.includes(issuer))];
}

/**
 * A step as it is to be undone while other setups stay. An issuer that another setup hosts is left in the config, with the places
 * where that one publishes. An issuer that `setup gcp` made up is not restored once no setup of Google Cloud is left.
 */
export function leavingToOthers(recorded: RecordedStep, others: readonly PlanRecord[]): RecordedStep {
  const { step } = recorded;
  const [before, after] = [issuerState(step, step.before), issuerState(step, step.after)];
  const { issuer } = after;
  if (issuer === undefined || issuer === before.issuer) return recorded;
  const hosts = others.filter((other) => hostedIssuers(other).includes(issuer));
  if (hosts.length > 0) {
    const theirs = hosts.flatMap((host) => host.steps.flatMap(({ step: other }) => placesAddedBy(other)));
    return givingBack(
      recorded,
      issuer,
      (after.publishedTo ?? []).filter((place) => theirs.includes(place)),
    );
  }
  const isMadeUp = before.issuer !== undefined && isServedNowhere(before.issuer);
  const isNeeded = others.some(({ steps }) => steps.some(({ step: { kind } }) => kind === "gcp-provider"));
  return isMadeUp && !isNeeded ? givingBack(recorded, undefined, []) : recorded;
}

function givingBack(recorded: RecordedStep, issuer: string | undefined, publishedTo: readonly string[]): RecordedStep {
  const state: IssuerState = { ...(issuer && { issuer }), ...(publishedTo.length === 0 ? {} : { publishedTo }) };
  const before = Object.keys(state).length === 0 ? null : JSON.stringify(state);
  return { ...recorded, step: { ...recorded.step, before } };
}

function placesAddedBy(step: Step): readonly string[] {
  const { publishedTo: former = [] } = issuerState(step, step.before);
  return (issuerState(step, step.after).publishedTo ?? []).filter((place) => !former.includes(place));
}

function issuerState({ kind }: Step, state: string | null): IssuerState {
  return kind === "brevet-issuer" && state !== null ? readOwnJson<IssuerState>(state) : {};
}

function textMember(state: string, name: string): readonly string[] {
  const value = readOwnJson<Readonly<Record<string, unknown>>>(state)[name];
  return typeof value === "string" ? [value] : [];
}

/** Setups in an order in which they can be undone: the latest run first, but none before those that use what it made. */
export function inOrderOfRemoval(records: readonly PlanRecord[]): readonly PlanRecord[] {
  const latestFirst = records.toSorted((one, other) => other.sequence - one.sequence);
  const ordered: PlanRecord[] = [];
  while (ordered.length < records.length) {
    const rest = latestFirst.filter((record) => !ordered.includes(record));
    const next = rest.find((record) => setupsUsing(record, rest).length === 0) ?? rest[0];
    if (next !== undefined) ordered.push(next);
  }
  return ordered;
}

/** The setups among these that use what this one made. */
export function setupsUsing(record: PlanRecord, records: readonly PlanRecord[]): readonly PlanRecord[] {
  const others = records.filter(({ id }) => id !== record.id);
  const using = [...setupsTrusting(issuersGivenUp(record, others), others), ...setupsGoingBy(record, others)];
  return others.filter((other) => using.includes(other));
}

/** The setups among these that made a profile whose `via` is one that this setup made. */
export function setupsGoingBy(record: PlanRecord, others: readonly PlanRecord[]): readonly PlanRecord[] {
  const made = profilesMadeBy(record);
  return others.filter(({ steps }) =>
    steps.some(
      ({ step }) => profileOf(step).length > 0 && textMember(step.after ?? "{}", "via").some((via) => made.includes(via)),
    ),
  );
}

/** The profiles that are gone once a setup is undone. */
function profilesMadeBy({ steps }: PlanRecord): readonly string[] {
  return steps.flatMap(({ step }) => (step.before === null ? profileOf(step) : []));
}

/** The profiles of the config whose `via` is one that this setup made, other than its own. */
export function profilesGoingBy(record: PlanRecord, profiles: Config["profiles"]): readonly string[] {
  const made = profilesMadeBy(record);
  return [...profiles.values()].flatMap(({ name, source }) =>
    source.kind === "via" && made.includes(source.profile) && !made.includes(name) ? [name] : [],
  );
}

function profileOf({ kind, address, after }: Step): readonly string[] {
  const { profile } = address;
  return kind === "brevet-profile" && after !== null && profile !== undefined ? [profile] : [];
}
