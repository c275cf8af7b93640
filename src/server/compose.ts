import type { Http } from "../core/http.ts";
import type { Publisher } from "../core/publisher.ts";
import type { Secret } from "../core/secret.ts";
import type { EpochSeconds } from "../core/time.ts";
import { loadDeferredCode } from "../platform/deferred-code.ts";
import { privateFiles } from "../platform/private-files.ts";
import { elapsedMs } from "../platform/tempo.ts";
import { adminApiRoutes } from "./admin/admin-routes.ts";
import { readCut } from "./audit/cut.ts";
import { pushName } from "./audit/push.ts";
import { firstLink, fixIssuer, makeFirstKeys, sealKeptSecrets } from "./first-start.ts";
import { clientAddress } from "./http/client-address.ts";
import { createHandler, type RequestRecord } from "./http/handle.ts";
import { type Listener, listen } from "./http/listen.ts";
import { outboundFetch } from "./http/outbound-fetch.ts";
import type { Route } from "./http/route.ts";
import { createRouter } from "./http/router.ts";
import { documentHeaders, securityHeaders } from "./http/security-headers.ts";
import { certificateJob, readTlsFiles } from "./http/tls-files.ts";
import { serverJobs } from "./jobs.ts";
import { keySetVersion } from "./keys/key-set.ts";
import { openSeal, type Seal } from "./keys/seal.ts";
import { openSignerAside } from "./keys/sign-aside.ts";
import { startMaintenance } from "./maintenance.ts";
import { openStorage, type Storage } from "./open-storage.ts";
import { serverMetrics } from "./operations/metrics.ts";
import { requestLimits } from "./operations/request-limits.ts";
import { operationRoutes } from "./operations/routes.ts";
import { startOutward } from "./outward.ts";
import { UPSTREAM_CALLBACK } from "./pages/enrol-routes.ts";
import { gateCookie } from "./pages/gate-cookie.ts";
import { endPageSession, pageCookie } from "./pages/page-cookie.ts";
import { pageRoutes } from "./pages/page-routes.ts";
import { providerPages } from "./pages/provider-pages.ts";
import { type AccessSessions, accessSessions } from "./provider/access-sessions.ts";
import { type CurrentProvider, openProvider } from "./provider/current-provider.ts";
import { type Interactions, providerInteractions } from "./provider/interactions.ts";
import { type ProviderClients, providerClients } from "./provider/registered-clients.ts";
import { storedRules } from "./rules/stored-rules.ts";
import { readSettings, type SettingsOverrides } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";
import { holdDatabase } from "./store/sqlite/hold-database.ts";
import { askUpstream, tryUpstream } from "./upstream/ask-upstream.ts";
import { openUpstream, readUpstream, replaceUpstream, upstreamDocument } from "./upstream/upstream.ts";
import type { AttestationPolicy } from "./webauthn/attestation.ts";
import { openAttestationPolicy } from "./webauthn/attestation-policy.ts";
import { relyingPartyOf } from "./webauthn/relying-party.ts";

/** What a server has of the world. */
export interface ServerWorld {
  /** The machine's own clock, uncorrected. */
  readonly now: () => EpochSeconds;
  readonly log: (record: RequestRecord) => void;
  /** Is told of what went wrong in the background. */
  readonly warn: (what: string, cause: unknown) => void;
  /** Where the issuer's documents are put too, for a server that verifiers cannot reach. */
  readonly publisher?: Publisher | undefined;
  /** By which the audit log is pushed to webhooks. */
  readonly http?: Http | undefined;
  /** Routes besides the server's own. */
  readonly routes?: (parts: RouteParts) => readonly Route[];
}

/** What lists of routes are made from. */
export interface RouteParts {
  readonly settings: ServerSettings;
  readonly seal: Seal;
  readonly interactions: Interactions;
  readonly attestation: AttestationPolicy;
  /** The caller of one of the server's APIs. */
  readonly sessions: AccessSessions;
  readonly clients: ProviderClients;
  /** Has this instance sign and publish by what was committed a moment ago. */
  readonly takeUpKeys: () => Promise<void>;
  readonly now: () => EpochSeconds;
}

/** A server that listens. */
export interface RunningServer {
  readonly settings: ServerSettings;
  /** Where it listens; the port is the one that it got. */
  readonly port: number;
  readonly storage: Storage;
  readonly current: CurrentProvider;
  /** What it answers itself; every other path is the OpenID provider's. */
  readonly routes: readonly Pick<Route, "method" | "path" | "body" | "maxBodyBytes">[];
  /**
   * The link by which the first administrator registers a key; null once there is one. It is a secret, for the person who started
   * the server.
   */
  readonly firstLink: Secret<string> | null;
  /** Looks at once for what is otherwise looked at now and then: a renewed certificate, changed keys. */
  refresh(): Promise<void>;
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
  const release = settings.database.kind === "sqlite" ? await holdDatabase(settings.database.file) : () => undefined;
  const storage = await openStorage(settings, world.now).catch((cause: unknown) => {
    release();
    throw cause;
  });
  try {
    await fixIssuer(storage, settings);
    const fresh = (await keySetVersion(storage)) === 0;
    const seal = openSeal(files, dataFolder, () => fresh);
    if (fresh) await makeFirstKeys(storage, seal, world.now());
    else await sealKeptSecrets(storage, seal);
    const running = await serve(settings, storage, seal, world);
    return { ...running, close: () => running.close().finally(release) };
  } catch (cause) {
    await storage.close().finally(release);
    throw cause;
  }
}

/** Every route that is not the OpenID provider's. To add pages or an API is to add their list here. */
function routesOf(parts: RouteParts, { routes }: ServerWorld): readonly Route[] {
  const { settings, seal, interactions, now } = parts;
  const { issuer, organisation } = settings;
  const ask = askUpstream(outboundFetch(settings.internalNetworks), `${issuer}${UPSTREAM_CALLBACK}`);
  const pages = pageRoutes({
    organisation,
    party: relyingPartyOf(issuer, organisation),
    policy: parts.attestation,
    interactions,
    cookie: pageCookie(issuer),
    gate: {
      upstream: (reader) => readUpstream(reader, seal),
      document: upstreamDocument,
      open: (document) => openUpstream(document, seal),
      change: (unit, change, by) => replaceUpstream(unit, seal, change, by),
      ask,
      cookie: gateCookie(issuer),
    },
    clients: parts.clients,
    takeUpKeys: parts.takeUpKeys,
    seal,
    formKey: seal.derive("forms"),
    now,
  });
  const api = adminApiRoutes({ ...parts, issuer, tryUpstream: (client) => tryUpstream(ask, client) });
  return [...pages, ...api, ...(routes?.(parts) ?? [])];
}

/** What routes get from the provider: the session behind a request, its clients, its keys. */
function providersOf(
  { provider, refresh }: CurrentProvider,
  { issuer, sessionSeconds }: ServerSettings,
  { storage: reader, seal }: { readonly storage: Storage; readonly seal: Seal },
  { now, warn }: ServerWorld,
): Pick<RouteParts, "interactions" | "sessions" | "clients" | "takeUpKeys"> {
  return {
    interactions: providerInteractions(provider),
    clients: providerClients(provider, seal, now),
    sessions: accessSessions(provider, { issuer, reader, sessionSeconds, now }),
    // What was committed is valid: if the database fails now, the job of the keys catches up later.
    takeUpKeys: () =>
      refresh().then(
        () => undefined,
        (cause: unknown) => warn("keys", cause),
      ),
  };
}

async function serve(settings: ServerSettings, storage: Storage, seal: Seal, world: ServerWorld): Promise<RunningServer> {
  const { now, log, warn } = world;
  const { limiter, ofAddress, ofPerson } = requestLimits(settings, now, () => metrics.limited());
  const pages = providerPages(settings.organisation);
  const attestation = await openAttestationPolicy(settings.attestation, now(), warn);
  const signer = openSignerAside();
  const stored = { reader: storage, openUnit: storage.openUnit, rules: storedRules(storage) };
  const current = await openProvider(
    { settings, sign: signer.sign, seal, pages, endPageSession, ...stored, limitExchanges: ofPerson, now },
    documentHeaders(settings.issuer),
    () => metrics.document(),
  );
  const metrics = serverMetrics({ keys: current.keys, now });
  storage.onEvent(metrics.event);
  let stopping = false;
  const routes = [
    ...operationRoutes({ storage, metrics, metricsNetworks: settings.metricsNetworks, now, isStopping: () => stopping }),
    ...routesOf({ settings, seal, attestation, ...providersOf(current, settings, { storage, seal }, world), now }, world),
  ];
  const handle = createHandler({
    issuer: settings.issuer,
    router: createRouter(routes),
    headers: securityHeaders(settings.issuer),
    clientAddress: clientAddress(settings.trustedProxies),
    openUnit: storage.openUnit,
    provider: (request, response, unit) => current.serve(request, response, unit),
    document: current.sendDocument,
    pages,
    limit: ofAddress,
    elapsedMs,
    log(record) {
      metrics.observe(record);
      log(record);
    },
  });
  // Whoever has spoilt the log is not to stop the server by it.
  await readCut(storage).catch((cause: unknown) => warn("audit log", cause));
  loadDeferredCode();
  const tls = settings.tls === null ? null : readTlsFiles(settings.tls);
  const listener: Listener = await listen({ ...settings.listen, tls, handle, failed: (cause) => warn("request", cause) });
  const certificates = settings.tls === null || tls === null ? [] : [certificateJob(settings.tls, tls, listener)];
  const jobs = serverJobs({ settings, storage, metrics, seal, current, limiter, now, warn });
  const maintenance = startMaintenance([...jobs, ...certificates], now, warn);
  const outward = startOutward({ settings, storage, current, publisher: world.publisher, http: world.http, now, warn });
  return {
    settings,
    port: listener.port,
    storage,
    current,
    routes,
    firstLink: await firstLink(settings, storage, now()),
    async refresh() {
      await maintenance.runNow("clock", "certificate", "keys");
      await outward.runNow(...settings.auditPush.map(pushName));
    },
    async close() {
      stopping = true;
      await listener.close(DRAIN_MS);
      await Promise.all([maintenance.stop(), outward.stop(), signer.close()]);
      await storage.close();
    },
  };
}
