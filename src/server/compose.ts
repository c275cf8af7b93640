import { readFileSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { elapsedMs } from "../platform/elapsed.ts";
import { privateFiles } from "../platform/files.ts";
import { clientAddress } from "./http/client-address.ts";
import { createHandler, type RequestRecord } from "./http/handle.ts";
import { listen } from "./http/listen.ts";
import type { Route } from "./http/route.ts";
import { createRouter } from "./http/router.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { addFirstKeys, keySetVersion, loadKeySet } from "./keys/key-set.ts";
import { openSeal, type Seal } from "./keys/seal.ts";
import { openStorage, type Storage } from "./open-storage.ts";
import { createProvider } from "./provider/create-provider.ts";
import { plainPages } from "./provider/plain-pages.ts";
import { serveProvider } from "./provider/serve-provider.ts";
import { readSettings, SETTINGS_FILE, type SettingsOverrides } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";

/** What a server has of the world. */
export interface ServerWorld {
  /** The machine's own clock, uncorrected. */
  readonly now: () => EpochSeconds;
  readonly log: (record: RequestRecord) => void;
}

/** A server that listens. */
export interface RunningServer {
  readonly settings: ServerSettings;
  /** Where it listens; the port is the one that it got. */
  readonly port: number;
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
    const listener = await listen({
      ...settings.listen,
      tls: readTls(settings),
      handle: await handlerFor(settings, storage, seal, world),
    });
    return {
      settings,
      port: listener.port,
      async close() {
        await listener.close(DRAIN_MS);
        await storage.close();
      },
    };
  } catch (cause) {
    await storage.close();
    throw cause;
  }
}

/** Every route that is not the OpenID provider's. To add pages or an API is to add their list here. */
function routesOf(): readonly Route[] {
  return [];
}

async function handlerFor(
  settings: ServerSettings,
  storage: Storage,
  seal: Seal,
  world: ServerWorld,
): Promise<ReturnType<typeof createHandler>> {
  const { now, log } = world;
  const keys = await loadKeySet(storage, seal, now());
  const pages = plainPages(settings.organisation);
  const serve = serveProvider(createProvider({ settings, keys, seal, reader: storage, pages, now }));
  return createHandler({
    issuer: settings.issuer,
    router: createRouter(routesOf()),
    headers: securityHeaders(settings.issuer),
    clientAddress: clientAddress(settings.trustedProxies),
    openUnit: storage.openUnit,
    provider: (request, response, unit) => serve(request, response, unit),
    elapsedMs,
    log,
  });
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
