import { type Credentials, parseCredentials, refreshWindowSeconds, secondsLeft } from "../../core/credentials.ts";
import type { ProfilePath } from "../../core/profile.ts";
import type { SessionDescription } from "../../core/session.ts";
import type { SignerDescription } from "../../core/signer.ts";
import type { KeyGuard } from "../../core/store.ts";
import { type EpochSeconds, formatDuration, formatUtc } from "../../core/time.ts";
import type { CheckReport, CheckResult } from "../../flows/checks/checks.ts";
import { setupChecks } from "../../flows/checks/setup-checks.ts";
import type { ProfileEntry } from "../../wire/brevet-config/config.ts";
import type { Context } from "../command.ts";
import type { Composition } from "../composition.ts";
import { type KeyReport, reportKeys } from "../device/key-report.ts";
import { provingIdentity } from "../proving-identity.ts";
import { AMBIENT } from "../select.ts";
import { reportShell, type StatusLine } from "./shell-report.ts";

/** What `brevet status` reports; its JSON is this, as it is. */
export interface StatusReport {
  readonly configFile: string;
  readonly clockOffsetSeconds: number;
  readonly checked: boolean;
  readonly identities: readonly IdentityReport[];
  readonly profiles: readonly ProfileReport[];
  /** What the variables of this shell have tools use; empty where they say nothing of it. */
  readonly shell: readonly StatusLine[];
  /** The setups that are incomplete; complete ones are not listed. */
  readonly setups: readonly CheckReport[];
  readonly store: readonly StatusLine[];
}

export interface IdentityReport {
  readonly name: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly summary: string;
  /** What holds the key and what a signature asks of a person; absent where there is no key here. */
  readonly signer?: SignerDescription;
  /** Who is signed in, where people sign in; null while nobody is. */
  readonly session?: SessionReport | null;
  /** The keys of a device, in use or not; absent for other kinds of identity. */
  readonly keys?: readonly KeyReport[];
}

export interface SessionReport {
  readonly label: string | null;
  readonly signedInAt: string;
  readonly idTokenEndsAt: string;
  /** Whether it goes on without the person when the ID token has ended. */
  readonly renewable: boolean;
}

export interface ProfileReport {
  readonly name: string;
  /** The identity, or `via` and the profile. */
  readonly from: string;
  readonly role: string | null;
  /** Why the profile cannot be used as it is written; null when it can. */
  readonly fault: string | null;
  readonly cached: {
    readonly endsAt: string;
    readonly endsIn: string;
    readonly stale: boolean;
    /** Whether their keys are those in the variables of this shell. */
    readonly inThisShell: boolean;
  } | null;
  /** What `--check` found; null when nothing was tried. */
  readonly check: CheckResult | null;
}

/** Looks at everything that there is, and asks nobody. What is broken is reported, not raised. */
export async function reportStatus(context: Context): Promise<StatusReport> {
  const { compose, environment, paths } = context;
  const { identities, profiles } = await compose.config();
  const reported = await Promise.all([...profiles.values()].map((entry) => reportProfile(entry, context)));
  return {
    configFile: paths.configFile,
    clockOffsetSeconds: compose.clock.offsetSeconds,
    checked: false,
    identities: [
      ...(await Promise.all([...identities.keys()].map((name) => reportIdentity(name, context)))),
      ...(await reportAmbient(context)),
    ],
    profiles: reported,
    shell: reportShell(environment, reported.find(({ cached }) => cached?.inThisShell)?.name ?? null, compose.clock.now()),
    setups: await reportSetups(context),
    store: await reportStore(context),
  };
}

/** The same with what `checks` found about the profiles of their names. */
export function withChecks(report: StatusReport, checks: readonly CheckReport[]): StatusReport {
  const found = new Map(checks.map(({ name, ...result }) => [name, result]));
  const profiles = report.profiles.map((profile) => ({ ...profile, check: found.get(profile.name) ?? null }));
  return { ...report, checked: true, profiles };
}

async function reportSetups({ compose }: Context): Promise<readonly CheckReport[]> {
  const checks = await setupChecks((await compose.plans()).records);
  return Promise.all(checks.map(async ({ name, run }) => ({ name, ...(await run()) })));
}

async function reportIdentity(name: string, { compose }: Context): Promise<IdentityReport> {
  try {
    const { entry, identity } = await compose.identity(name);
    const { session, ...known } = await identity.describe();
    const described = {
      name,
      ...known,
      ...(session === undefined ? {} : reportSession(session, known.summary, compose.clock.now())),
    };
    return entry.kind === "device" ? await withKeys(described, compose) : described;
  } catch (cause) {
    return {
      name,
      kind: (await compose.config()).identities.get(name)?.kind ?? "",
      subject: null,
      issuer: null,
      summary: messageOf(cause),
    };
  }
}

/** Keys that cannot be looked at now leave the rest as it is known. */
async function withKeys(described: IdentityReport, compose: Context["compose"]): Promise<IdentityReport> {
  try {
    const keys = await reportKeys(await compose.device(described.name), compose);
    if (keys.length > 0) return { ...described, keys };
    const { signer: _, ...rest } = described;
    return { ...rest, summary: `no key: revoked or lost; \`brevet issuer rotate ${described.name}\` makes a new one`, keys };
  } catch (cause) {
    return { ...described, summary: `${described.summary}; its keys cannot be read now: ${messageOf(cause)}` };
  }
}

/** The ambient identity, where the config has none of that name and there is one around this program. */
async function reportAmbient({ compose }: Context): Promise<readonly IdentityReport[]> {
  if ((await compose.config()).identities.has(AMBIENT.name)) return [];
  const { absent, session: _, ...description } = await (await compose.identity(AMBIENT.name)).identity.describe();
  return absent ? [] : [{ name: AMBIENT.name, ...description }];
}

function reportSession(
  session: SessionDescription | null,
  summary: string,
  now: number,
): Pick<IdentityReport, "session" | "summary"> {
  if (session === null) return { session, summary };
  const { label, signedInAt, idTokenExpiresAt, renewable } = session;
  const left = idTokenExpiresAt - now;
  const until = renewable ? "renewed without you" : left > 0 ? `for ${formatDuration(left)} more` : "not any more: sign in again";
  return {
    session: { label, signedInAt: formatUtc(signedInAt), idTokenEndsAt: formatUtc(idTokenExpiresAt), renewable },
    summary: `${summary}, ${until}`,
  };
}

async function reportProfile(entry: ProfileEntry, context: Context): Promise<ProfileReport> {
  const from = await sourceName(entry, context);
  const base = { name: entry.name, from, role: roleOf(entry) };
  try {
    const path = await context.compose.profilePath({ profile: entry.name, overrides: {} });
    await path.check();
    return { ...base, fault: null, cached: await cachedOf(path, context), check: null };
  } catch (cause) {
    return { ...base, fault: messageOf(cause), cached: null, check: null };
  }
}

/** What the profile leads to, as its config says. */
function roleOf({ options }: ProfileEntry): string | null {
  const role = options["roleArn"] ?? options["serviceAccount"] ?? options["provider"] ?? options["clientId"];
  return typeof role === "string" ? role : null;
}

async function sourceName(entry: ProfileEntry, { compose }: Context): Promise<string> {
  if (entry.source.kind === "via") return `via ${entry.source.profile}`;
  return provingIdentity(entry, await compose.config()) ?? "the only identity";
}

async function cachedOf(path: ProfilePath, { compose, environment }: Context): Promise<ProfileReport["cached"]> {
  const sealed = await (await compose.store()).load("credentials", path.cacheKey);
  return cachedReport(sealed === null ? null : parseCredentials(sealed), compose.clock.now(), environment);
}

/** What is said of cached credentials; null if there are none, or they have ended. */
export function cachedReport(
  credentials: Credentials | null,
  now: EpochSeconds,
  environment: Context["environment"],
): ProfileReport["cached"] {
  const left = credentials === null ? 0 : secondsLeft(credentials, now);
  if (credentials === null || left <= 0) return null;
  return {
    endsAt: formatUtc(credentials.expiresAt),
    endsIn: formatDuration(left),
    stale: left <= refreshWindowSeconds(credentials),
    inThisShell: credentials.kind === "aws" && credentials.accessKeyId === environment["AWS_ACCESS_KEY_ID"],
  };
}

async function reportStore({ compose, paths }: Context): Promise<readonly StatusLine[]> {
  const lines: StatusLine[] = [{ name: "config", text: paths.configFile }];
  try {
    const guard = await compose.guard();
    const { identities, profiles, store } = await compose.config();
    if (identities.size + profiles.size === 0 && (await (await compose.store()).list("keys")).length > 0) {
      const text = `${guard.summary}; keys of a config that is lost are here: \`brevet init NAME\` takes them on`;
      lines.push({ name: "key", text, tone: "warn" });
      return lines;
    }
    if (!compose.hasStoreKey()) {
      lines.push({ name: "key", text: `none yet; it would be in ${guard.summary}`, tone: "dim" });
      return lines;
    }
    lines.push({ name: "key", text: guard.summary, ...(guard.strength === "file" ? { tone: "warn" } : {}) });
    lines.push({ name: "run key", ...(store.runKey ? runKeyText(guard, (await compose.runKey()).describe()) : RUN_KEY_OFF) });
  } catch (cause) {
    lines.push({ name: "key", text: messageOf(cause), tone: "bad" });
  }
  const offset = compose.clock.offsetSeconds;
  if (offset !== 0)
    lines.push({
      name: "clock",
      text: `${formatDuration(Math.abs(offset))} ${offset > 0 ? "behind" : "ahead"}, corrected`,
      tone: "warn",
    });
  return lines;
}

const RUN_KEY_OFF: Omit<StatusLine, "name"> = { text: "turned off in the config" };

/** A key file never leaves a run key: reading the one costs as little as reading the other. */
function runKeyText(
  { strength }: KeyGuard,
  runKey: ReturnType<Awaited<ReturnType<Composition["runKey"]>>["describe"]>,
): Omit<StatusLine, "name"> {
  if (runKey.state === "present") return { text: `in ${runKey.path}, until logout` };
  if (strength === "file") return { text: "none: a key file needs none", tone: "dim" };
  if (runKey.state === "refused") return { text: `none: ${runKey.reason}`, tone: "dim" };
  return { text: `not yet in ${runKey.path}, until logout` };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
