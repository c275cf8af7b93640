import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { type GcpBinding, parseAllowPolicy } from "../../trust/gcp/judge-impersonation.ts";
import { type GcpProvider, parseGcpProvider } from "../../trust/gcp/provider.ts";

/**
 * The sandbox's Google Cloud: providers and service accounts as files in its folder, in the form in which `gcloud … --format=json`
 * shows them, read again at each request.
 *
 * - `google/providers/<any name>.json`: a workload identity provider.
 * - `google/service-accounts/<any name>.json`: `{ "email": "…", "policy": { "bindings": […] }, "maxLifetimeSeconds": 3600 }`
 */
export interface GoogleFolder {
  findProvider(name: string): GcpProvider | null;
  /** Names of all providers, for the log. */
  providerNames(): readonly string[];
  findServiceAccount(email: string): ServiceAccount | null;
}

export interface ServiceAccount {
  readonly email: string;
  readonly bindings: readonly GcpBinding[];
  /** 3600; up to 43,200 where an organization policy would extend it. */
  readonly maxLifetimeSeconds: number;
}

const accountSchema = v.strictObject({
  email: v.pipe(v.string(), v.regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/, "is not the e-mail of a service account")),
  policy: v.optional(v.unknown(), {}),
  maxLifetimeSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(3600), v.maxValue(43_200)), 3600),
});

/** Opens the Google Cloud of a sandbox folder. Each method throws {Fault} `SANDBOX_INVALID` naming the file. */
export function openGoogleFolder(folder: string): GoogleFolder {
  const providers = (): readonly GcpProvider[] =>
    readAll(join(folder, "google", "providers"), (value, file) => parseGcpProvider(value, file));
  return {
    findProvider: (name) => providers().find((provider) => provider.name === name) ?? null,
    providerNames: () => providers().map(({ name }) => name),
    findServiceAccount: (email) =>
      readAll(join(folder, "google", "service-accounts"), readAccount).find((account) => account.email === email) ?? null,
  };
}

function readAccount(value: unknown, file: string): ServiceAccount {
  const result = v.safeParse(accountSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new Fault("SANDBOX_INVALID", `${file}: ${v.getDotPath(issue) ?? "the file"}: ${issue.message}`, { details: { file } });
  }
  const { email, policy, maxLifetimeSeconds } = result.output;
  return { email, bindings: parseAllowPolicy(policy, file), maxLifetimeSeconds };
}

function readAll<T>(folder: string, read: (value: unknown, file: string) => T): readonly T[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return names.sort().map((name) => {
    const file = join(folder, name);
    try {
      return read(JSON.parse(readFileSync(file, "utf8")), file);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Fault("SANDBOX_INVALID", reason.startsWith(file) ? reason : `${file}: ${reason}`, { details: { file }, cause });
    }
  });
}
