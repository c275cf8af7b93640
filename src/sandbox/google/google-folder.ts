import { join } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { type GcpBinding, parseAllowPolicy } from "../../trust/gcp/judge-impersonation.ts";
import { type GcpProvider, parseGcpProvider } from "../../trust/gcp/provider.ts";
import { jsonFilesIn, readJsonFile } from "../json-files.ts";

/**
 * The sandbox's Google Cloud: providers and service accounts as files in its folder, in the form in which `gcloud … --format=json`
 * shows them, read again at each request.
 *
 * - `google/pools/<any name>.json`: a workload identity pool; one that has no file is there all the same.
 * - `google/providers/<any name>.json`: a workload identity provider.
 * - `google/service-accounts/<any name>.json`: `{ "email": "…", "policy": { "bindings": […] }, "maxLifetimeSeconds": 3600 }`
 * - `google/projects/<any name>.json`: what an administrator finds, see `google-management`.
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

const poolSchema = v.looseObject({
  name: v.string(),
  state: v.optional(v.string(), "ACTIVE"),
  disabled: v.optional(v.boolean(), false),
});

const shown = v.optional(v.string());
const accountSchema = v.strictObject({
  uniqueId: shown,
  displayName: shown,
  description: shown,
  email: v.pipe(v.string(), v.regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/, "is not the e-mail of a service account")),
  policy: v.optional(v.unknown(), {}),
  maxLifetimeSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(3600), v.maxValue(43_200)), 3600),
});

/** Opens the Google Cloud of a sandbox folder. Each method throws {Fault} `SANDBOX_INVALID` naming the file. */
export function openGoogleFolder(folder: string): GoogleFolder {
  const providers = (): readonly GcpProvider[] => jsonFilesIn(join(folder, "google", "providers")).map(readProvider);
  const isClosed = (pool: string): boolean =>
    jsonFilesIn(join(folder, "google", "pools"))
      .map((file) => readJsonFile(file, poolSchema))
      .some(({ name, state, disabled }) => name === pool && (disabled || state !== "ACTIVE"));
  return {
    findProvider(name) {
      const found = providers().find((provider) => provider.name === name) ?? null;
      return found !== null && isClosed(found.pool) ? { ...found, disabled: true } : found;
    },
    providerNames: () => providers().map(({ name }) => name),
    findServiceAccount: (email) =>
      jsonFilesIn(join(folder, "google", "service-accounts"))
        .map(readAccount)
        .find((account) => account.email === email) ?? null,
  };
}

function readProvider(file: string): GcpProvider {
  return judged(file, () => parseGcpProvider(readJsonFile(file, v.unknown()), file));
}

function readAccount(file: string): ServiceAccount {
  const { email, policy, maxLifetimeSeconds } = readJsonFile(file, accountSchema);
  return { email, bindings: judged(file, () => parseAllowPolicy(policy, file)), maxLifetimeSeconds };
}

/** What Google would not have stored is a fault of the sandbox's folder. */
function judged<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === "SANDBOX_INVALID") throw cause;
    throw new Fault("SANDBOX_INVALID", cause.message, { details: { ...cause.details, file }, cause });
  }
}
