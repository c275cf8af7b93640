import { readFileSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { elapsedMs } from "../platform/elapsed.ts";
import { privateFiles } from "../platform/files.ts";
import { addCheckpointKey } from "./audit/checkpoint.ts";
import { clientAddress } from "./http/client-address.ts";
import { createHandler, type RequestRecord } from "./http/handle.ts";
import { type Listener, listen } from "./http/listen.ts";
import type { Route } from "./http/route.ts";
import { createRouter } from "./http/router.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { serverJobs } from "./jobs.ts";
import { addFirstKeys, keySetVersion } from "./keys/key-set.ts";
import { openSeal, type Seal } from "./keys/seal.ts";
import { startMaintenance } from "./maintenance.ts";
import { openStorage, type Storage } from "./open-storage.ts";
import { openProvider } from "./provider/current-provider.ts";
import { type Interactions, providerInteractions } from "./provider/interactions.ts";
import { plainPages } from "./provider/plain-pages.ts";
import { storedRules } from "./rules/stored-rules.ts";
import { readSettings, SETTINGS_FILE, type SettingsOverrides } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";

/** What a server has of the world. */
export interface ServerWorld {
  /** The machine's own clock, uncorrected. */
  readonly now: () => EpochSeconds;
  readonly log: (record: RequestRecord) => void;
  /** Is told of what went wrong in the background. */
  readonly warn: (what: string, cause: unknown) => void;
  /** Routes beside the server's own. */
  readonly routes?: (parts: RouteParts) => readonly Route[];
}

/** What lists of routes are made from. */
export interface RouteParts {
  readonly settings: ServerSettings;
  readonly storage: Storage;
  readonly seal: Seal;
  readonly interactions: Interactions;
  readonly now: () => EpochSeconds;
}

/** A server that listens. */
export interface RunningServer {
  readonly settings: ServerSettings;
  /** Where it listens; the port is the one that it got. */
  readonly port: number;
  readonly storage: Storage;
  /** Ends what is under way, then stops. */
  close(): Promise<void>;
}

/** How long requests that are under way may take when the server is asked to stop. */
const DRAIN_MS = 10_000;

/**
 * Opens a data folder, makes what a new server lacks, and listens.
 *
 * @throws {Fault} of the settings, the database, the keys, or `LISTEN_REFUSED`.
 */
export async function startServer(dataFolder: string, overrides: SettingsOverrides, world: ServerWorld): Promise<RunningServer> {
  const files = privateFiles();
  files.ensureFolder(dataFolder);
  const settings = readSettings(files, dataFolder, overrides);
  const storage = await openStorage(settings, world.now);
  try {
    await fixIssuer(storage, settings);
    const fresh = (await keySetVersion(storage)) === 0;
    const seal = openSeal(files, dataFolder, () => fresh);
    if (fresh) await makeFirstKeys(storage, seal, world.now());
    return await serve(settings, storage, seal, world);
  } catch (cause) {
    await storage.close();
    throw cause;
  }
}

/** Every route that is not the OpenID provider's. To add pages or an API is to add their list here. */
function routesOf(parts: RouteParts, { routes }: ServerWorld): readonly Route[] {
  return [...(routes?.(parts) ?? [])];
}

async function serve(settings: ServerSettings, storage: Storage, seal: Seal, world: ServerWorld): Promise<RunningServer> {
  const { now, log, warn } = world;
  const pages = plainPages(settings.organisation);
  const current = await openProvider({ settings, seal, reader: storage, pages, rules: storedRules(storage), now });
  const interactions = providerInteractions(current.provider);
  const handle = createHandler({
    issuer: settings.issuer,
    router: createRouter(routesOf({ settings, storage, seal, interactions, now }, world)),
    headers: securityHeaders(settings.issuer),
    clientAddress: clientAddress(settings.trustedProxies),
    openUnit: storage.openUnit,
    provider: (request, response, unit) => current.serve(request, response, unit),
    elapsedMs,
    log,
  });
  const listener: Listener = await listen({ ...settings.listen, tls: readTls(settings), handle });
  const maintenance = startMaintenance(serverJobs(storage, seal, current), now, warn);
  return {
    settings,
    port: listener.port,
    storage,
    async close() {
      await listener.close(DRAIN_MS);
      await maintenance.stop();
      await storage.close();
    },
  };
}

/** Clouds trust the issuer by its name, and passkeys are bound to its host: neither may change by a slip of a flag. */
async function fixIssuer(storage: Storage, { issuer }: ServerSettings): Promise<void> {
  const unit = storage.openUnit();
  unit.write("INSERT INTO setting (name, value) VALUES ('issuer', ?) ON CONFLICT (name) DO NOTHING", [issuer]);
  await unit.commit();
  const [row] = await storage.read("SELECT value FROM setting WHERE name = 'issuer'");
  if (row?.["value"] === issuer) return;
  throw new Fault(
    "ISSUER_MISMATCH",
    `the database belongs to the issuer ${row?.["value"]}, and the server was started as ${issuer}`,
    {
      hints: [
        `say \`--issuer ${row?.["value"]}\`, or write it into ${SETTINGS_FILE}`,
        "a server of another name begins with a folder of its own",
      ],
    },
  );
}

/** Of several instances that start at once on an empty database, one makes the keys. */
async function makeFirstKeys(storage: Storage, seal: Seal, now: EpochSeconds): Promise<void> {
  const unit = storage.openUnit();
  addFirstKeys(unit, seal, now);
  addCheckpointKey(unit, seal);
  try {
    await unit.commit();
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "ALREADY_USED") throw cause;
  }
}

function readTls({ tls }: ServerSettings): { readonly certificate: string; readonly key: string } | null {
  if (tls === null) return null;
  try {
    return { certificate: readFileSync(tls.certificateFile, "utf8"), key: readFileSync(tls.keyFile, "utf8") };
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `the certificate ${tls.certificateFile} or its key cannot be read`, { cause });
  }
}
