import { parseCredentials, refreshWindowSeconds } from "../core/credentials.ts";
import { Fault } from "../core/fault.ts";
import type { ProfilePath } from "../core/profile.ts";
import type { Cell } from "../core/terminal.ts";
import { formatDuration, formatUtc } from "../core/time.ts";
import type { ProfileEntry } from "../wire/brevet-config/config.ts";
import type { Context } from "./command.ts";

/** What `brevet status` reports; its JSON is this, as it is. */
export interface StatusReport {
  readonly configFile: string;
  readonly clockOffsetSeconds: number;
  readonly checked: boolean;
  readonly identities: readonly IdentityReport[];
  readonly profiles: readonly ProfileReport[];
  readonly store: readonly StoreLine[];
}

export interface IdentityReport {
  readonly name: string;
  readonly kind: string;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly summary: string;
}

export interface ProfileReport {
  readonly name: string;
  /** The identity, or `via` and the profile. */
  readonly from: string;
  readonly role: string | null;
  /** Why the profile cannot be used as it is written; null when it can. */
  readonly fault: string | null;
  readonly cached: { readonly endsAt: string; readonly endsIn: string; readonly stale: boolean } | null;
  /** Null when nothing was tried. */
  readonly check:
    | { readonly outcome: "works"; readonly arn: string }
    | { readonly outcome: "failed"; readonly code: string; readonly message: string }
    | null;
}

export interface StoreLine {
  readonly name: string;
  readonly text: string;
  readonly tone?: NonNullable<Cell["tone"]>;
}

/** Looks at everything that there is; with `check`, tries each profile for real. What is broken is reported, not raised. */
export async function reportStatus(context: Context, check: boolean): Promise<StatusReport> {
  const { compose, paths } = context;
  const { identities, profiles } = compose.config();
  const profileReports: ProfileReport[] = [];
  for (const entry of profiles.values()) profileReports.push(await reportProfile(entry, context, check));
  return {
    configFile: paths.configFile,
    clockOffsetSeconds: compose.clock.offsetSeconds,
    checked: check,
    identities: await Promise.all([...identities.keys()].map((name) => reportIdentity(name, context))),
    profiles: profileReports,
    store: await reportStore(context),
  };
}

async function reportIdentity(name: string, { compose }: Context): Promise<IdentityReport> {
  try {
    const { identity } = await compose.identity(name);
    return { name, ...(await identity.describe()) };
  } catch (cause) {
    return {
      name,
      kind: compose.config().identities.get(name)?.kind ?? "",
      subject: null,
      issuer: null,
      summary: messageOf(cause),
    };
  }
}

async function reportProfile(entry: ProfileEntry, context: Context, check: boolean): Promise<ProfileReport> {
  const { source } = entry;
  const from = source === "only-identity" ? "the only identity" : "via" in source ? `via ${source.via}` : source.identity;
  const base = { name: entry.name, from, role: typeof entry.options["roleArn"] === "string" ? entry.options["roleArn"] : null };
  try {
    const path = await context.compose.awsProfile({ profile: entry.name, overrides: {} });
    const tried = check ? await tryProfile(path, context) : null;
    return { ...base, fault: null, cached: await cachedOf(path, context), check: tried };
  } catch (cause) {
    return { ...base, fault: messageOf(cause), cached: null, check: null };
  }
}

async function cachedOf(path: ProfilePath, { compose }: Context): Promise<ProfileReport["cached"]> {
  const sealed = await (await compose.store()).load("credentials", path.cacheKey);
  const credentials = sealed === null ? null : parseCredentials(sealed);
  const left = credentials === null ? 0 : credentials.expiresAt - compose.clock.now();
  if (credentials === null || left <= 0) return null;
  return {
    endsAt: formatUtc(credentials.expiresAt),
    endsIn: formatDuration(left),
    stale: left <= refreshWindowSeconds(credentials),
  };
}

async function tryProfile(path: ProfilePath, { compose, terminal }: Context): Promise<ProfileReport["check"]> {
  const progress = await terminal.progress(`trying ${path.name}`);
  try {
    const credentials = await compose.credentials(path, { renew: "always", purpose: "brevet status --check" });
    const arn = await compose.awsCallerArn({ profile: path.name, overrides: {} }, credentials);
    progress.done(`${path.name} works`);
    return { outcome: "works", arn };
  } catch (cause) {
    progress.failed(`${path.name} fails`);
    return { outcome: "failed", code: cause instanceof Fault ? cause.code : "INTERNAL", message: messageOf(cause) };
  }
}

async function reportStore({ compose, paths }: Context): Promise<readonly StoreLine[]> {
  const lines: StoreLine[] = [{ name: "config", text: paths.configFile }];
  try {
    const guard = await compose.guard();
    lines.push({ name: "key", text: guard.summary, ...(guard.strength === "file" ? { tone: "warn" } : {}) });
    const runKey = compose.config().store.runKey ? (await compose.runKey()).describe() : null;
    if (runKey === null) lines.push({ name: "run key", text: "turned off in the config" });
    else if (runKey.state === "refused") lines.push({ name: "run key", text: `none: ${runKey.reason}`, tone: "dim" });
    else
      lines.push({ name: "run key", text: `${runKey.state === "present" ? "in" : "not yet in"} ${runKey.path}, until logout` });
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

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
