import type { Http } from "../core/http.ts";
import type { JsonObject } from "../core/json-object.ts";
import { placeIn } from "../core/place.ts";
import type { KeyPlace, Signer, SignerContext } from "../core/signer.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock } from "../core/time.ts";
import type { PlanPorts } from "../flows/apply-plan.ts";
import { getCredentials } from "../flows/get-credentials.ts";
import { systemClock } from "../platform/clock.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import { privateFiles } from "../platform/private-files.ts";
import { keyFileGuardKind } from "../stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../stores/sealed-file/choose-guard.ts";
import { type RunKey, runKey as sessionRunKey } from "../stores/sealed-file/run-key.ts";
import { sealedFileStore } from "../stores/sealed-file/sealed-file-store.ts";
import { readStoreRecord } from "../stores/sealed-file/store-record.ts";
import type { Config, IdentityEntry } from "../wire/brevet-config/config.ts";
import type { Composition, HttpReach, ServerParts } from "./composition.ts";
import { editConfigFile, readConfig } from "./config-store.ts";
import { awsCaller, directExchange, type ExchangeParts, exchangesOf, presentProof } from "./exchange-kinds.ts";
import { IDENTITIES, IDENTITY_SHAPES, openDevice, openKeptDevice, openKeys, SESSIONS, SIGN_INS } from "./identity-kinds.ts";
import type { IdentityParts } from "./identity-parts.ts";
import { guardKinds, kindOf, outletsFor, SIGNERS } from "./kinds.ts";
import { type Asking, type ResolverParts, resolveProfile, resolveProof, resolveToken, selectedEntry } from "./resolve-profile.ts";
import { selectIdentity, selectPerson } from "./select.ts";
import type { SetupParts } from "./setup-kinds.ts";

/** What the composition itself needs of the world. */
export interface World {
  /** What was typed after the program's name. */
  readonly words: readonly string[];
  readonly environment: Environment;
  readonly paths: Paths;
  readonly terminal: Terminal;
}

/** Looking at an identity asks nobody to sign in. */
const NOBODY: Asking = { profile: null, interactive: "never", hasSignedIn: false };

const SERVER: ServerParts = {
  start: async () => (await import("../server/load.ts")).loadServer(),
  log: () => import("../server/operations/log.ts"),
  inspect: () => import("../server/inspect.ts"),
  backup: () => import("../server/backup.ts"),
  restore: () => import("../server/restore.ts"),
  publicAddresses: () => import("../server/http/public-addresses.ts"),
  auditArchive: () => import("../server/audit-archive.ts"),
};

/** Wires the parts of this program together. Nothing is made before it is asked for. */
export function composition(world: World): Composition {
  const { words, environment, paths, terminal } = world;
  const clock = systemClock(paths);
  let readConfigOnce = once(() => readConfig(paths.configFile));
  const config = (): Promise<Config> => readConfigOnce();
  const http = requests(environment, terminal);
  const files = privateFiles();
  const setup: SetupParts = { files, paths, http, environment, clock };
  const wishes = runWishes();
  const keyFile = once(() => keyFileGuardKind({ paths, files }));
  const record = once(() => readStoreRecord(files, paths));
  const guard = once(async () =>
    chooseGuard({
      asked: wishes.guard() ?? (environment["BREVET_STORE"] || (await config()).store.guard),
      kinds: guardKinds(files, paths, keyFile),
      files,
      paths,
      record: record(),
    }),
  );
  const runKey = once(async () => sessionRunKey(files, paths));
  const store = once(async () => sealedFileStore({ paths, files, guard, runKey: ifWanted(await runKey(), await config()) }));
  const signerKind = async (kind: string) =>
    kindOf(SIGNERS, "signer", kind)({ store: await store(), terminal, environment, paths });
  const signer = async (kind: string, context: SignerContext<JsonObject>): Promise<Signer> =>
    (await signerKind(kind)).open({ place: placeIn(paths.configFile, `identities.${context.identity}.signer`), ...context });
  const { resolving, ...people } = identityOpeners(config, {
    clock,
    paths,
    signer,
    store,
    http,
    environment,
    files,
    terminal,
    isPatient: wishes.isPatient,
  });
  const exchangeParts: ExchangeParts = { clock, http, environment, warn: terminal.warn };
  const resolver: ResolverParts = { config, environment, ...resolving, prepareExchange: exchangesOf(exchangeParts) };
  return {
    clock,
    config,
    reread: () => {
      readConfigOnce = once(() => readConfig(paths.configFile));
    },
    editConfig: (edit) => editConfigFile(files, paths, edit),
    http,
    ...wishes.said,
    guard,
    hasStoreKey: () => readStoreRecord(files, paths) !== null,
    runKey,
    store,
    ...people,
    signerKinds: async () => Promise.all(Object.keys(SIGNERS).map(signerKind)),
    ...devicePorts(config, signer),
    ...setupPorts(setup, { terminal, words, clock }),
    ...profilePaths(config, resolver, exchangeParts, () => keyFile().prepare(record)),
    gcpSettings: async (options, place) => (await import("./setup-kinds.ts")).gcpSettings(options, place, environment),
    sandbox: async (folder) => (await import("../sandbox/open-sandbox.ts")).openSandbox(folder),
    server: SERVER,
    async credentials(profile, wishes) {
      return getCredentials(profile, wishes, { store: await store(), clock, notices: terminal });
    },
    outlets: outletsFor(environment, clock, terminal.say, files),
    privateFiles: files,
  };
}

/** The devices of this machine, with what holds their keys. */
function devicePorts(
  config: () => Promise<Config>,
  signer: IdentityParts["signer"],
): Pick<Composition, "device" | "keptDevice" | "keys"> {
  return {
    device: async (name) => openDevice(selectIdentity(await config(), name), { signer }),
    keptDevice: (name, places) => openKeptDevice(name, places, { signer }),
    keys: async (identity, place) => openKeys(identity, place, { signer }),
  };
}

/** What a command decides about its run before it asks for the parts that depend on it. */
function runWishes() {
  let guard: string | null = null;
  let isPatient = false;
  const said: Pick<Composition, "askForGuard" | "waitForPerson"> = {
    askForGuard: (word) => {
      guard = word;
    },
    waitForPerson: () => {
      isPatient = true;
    },
  };
  return { guard: () => guard, isPatient: () => isPatient, said };
}

/** The paths from profiles of the config to credentials. */
function profilePaths(
  config: () => Promise<Config>,
  resolver: ResolverParts,
  exchangeParts: ExchangeParts,
  prepareKey: () => void,
): Pick<Composition, "profilePath" | "awsCaller" | "tokenPath" | "proofPath"> {
  const { environment, clock } = exchangeParts;
  return {
    profilePath: async (selection, place) => {
      prepareKey();
      const openWith: ResolverParts["openIdentity"] = (entry, asking) =>
        resolver.openIdentity(place === undefined ? entry : withKeys(entry, place), asking);
      return resolveProfile(selectedEntry(selection, await config(), environment), { ...resolver, openIdentity: openWith });
    },
    awsCaller: async (selection, credentials) =>
      awsCaller(selectedEntry(selection, await config(), environment), credentials, exchangeParts),
    tokenPath: async (identity, audience, algorithms) =>
      resolveToken(selectIdentity(await config(), identity), audience, directExchange({ audience, algorithms }, clock), resolver),
    async proofPath(selection) {
      const entry = selectedEntry(selection, await config(), environment);
      return { entry, path: await resolveProof(entry, async (exchange) => presentProof(exchange, clock), resolver) };
    },
  };
}

/** The Http port of this run, which tells a person at the terminal what it waits for. */
function requests(environment: Environment, terminal: Terminal): (reach?: HttpReach) => Promise<Http> {
  const said = new Set<string>();
  return async (reach) => {
    const http = (await import("../platform/http/create-http.ts")).createHttp({ ...reach, environment });
    if (!terminal.isSeen) return http;
    return (await import("../platform/http/say-what-is-waited-for.ts")).sayWhatIsWaitedFor(http, terminal.say, said);
  };
}

/** What publishes and sets up. */
function setupPorts(
  setup: SetupParts,
  { terminal, words, clock }: Pick<World, "terminal" | "words"> & { readonly clock: Clock },
): Pick<
  Composition,
  "publisher" | "awsAccount" | "googleAdministration" | "azureAdministration" | "checkAzureBlock" | "issuerCopies" | "plans"
> {
  const { files, paths } = setup;
  let release = (): void => undefined;
  return {
    async issuerCopies(identity) {
      const { forgetCopies, generatedCopy, publishedCopy } = await import("../publishers/directory/published-copy.ts");
      const forget = (): void => forgetCopies(paths, identity);
      return { generated: generatedCopy(paths, identity), published: publishedCopy(paths, identity), forget };
    },
    async publisher(kind, destination) {
      const { PUBLISHERS } = await import("./setup-kinds.ts");
      return kindOf(PUBLISHERS, "publisher", kind)(destination, setup);
    },
    awsAccount: async (region) => (await import("./setup-kinds.ts")).awsAccount(region, setup),
    googleAdministration: async () => (await import("./setup-kinds.ts")).googleAdministration(setup),
    azureAdministration: async () => (await import("./setup-kinds.ts")).azureAdministration(setup),
    checkAzureBlock: async (block, place) => (await import("./setup-kinds.ts")).checkAzureBlock(block, place),
    async plans() {
      const [{ fileRecords }, { PROVISIONERS }, { onInterruption }, { posixWord }] = await Promise.all([
        import("../provisioners/files/records.ts"),
        import("./setup-kinds.ts"),
        import("../platform/processes/interruption.ts"),
        import("../core/posix-word.ts"),
      ]);
      const command = ["brevet", ...words.map(posixWord)].join(" ");
      const provisionerFor: PlanPorts["provisionerFor"] = async (kind) => kindOf(PROVISIONERS, "resource", kind)(setup);
      const records = fileRecords(files, paths.stateFolder);
      const whenStopped: PlanPorts["whenStopped"] = (lines) => {
        release();
        release = onInterruption((signal) => {
          for (const line of lines()) terminal.warn(line);
          // As it would have ended: the handler is gone by now.
          process.kill(process.pid, signal);
        });
      };
      return { command, records, provisionerFor, clock, progress: terminal.progress, whenStopped };
    },
  };
}

/** The identity as it would stand in the config if its keys were in that place. */
function withKeys(entry: IdentityEntry, { signer, generation }: KeyPlace): IdentityEntry {
  return { ...entry, options: { ...entry.options, signer: { kind: signer.kind, ...signer.options }, keys: { generation } } };
}

/** Turning the run key off also removes the one that an earlier call left. */
function ifWanted(key: RunKey, { store }: Config): RunKey | null {
  if (store.runKey) return key;
  if (key.describe().state === "present") key.remove();
  return null;
}

/** How the identities of the config are opened. */
function identityOpeners(
  config: () => Promise<Config>,
  parts: Omit<IdentityParts, "asking">,
): Pick<
  Composition,
  "identity" | "session" | "serverApi" | "runSignIn" | "inspectProvider" | "clientSigner" | "destroyClientKeys"
> & {
  readonly resolving: Pick<ResolverParts, "openIdentity" | "identityShape">;
} {
  const openIdentity: ResolverParts["openIdentity"] = async (entry, asking) =>
    kindOf(IDENTITIES, "identity", entry.kind)(entry, { ...parts, asking });
  return {
    resolving: {
      openIdentity,
      identityShape: async (entry) => (await IDENTITY_SHAPES[entry.kind]?.(entry, { ...parts, asking: NOBODY })) ?? {},
    },
    async identity(name, place) {
      const entry = selectIdentity(await config(), name, place);
      return { entry, identity: await openIdentity(entry, NOBODY) };
    },
    async session(name, wish) {
      const entry = selectPerson(await config(), name, SESSIONS);
      const open = Object.hasOwn(SESSIONS, entry.kind) ? SESSIONS[entry.kind] : undefined;
      return { entry, session: open === undefined ? null : await open(entry, { ...parts, asking: NOBODY }, null, wish) };
    },
    async serverApi(name) {
      const [{ selectServer }, { openServerApi }] = await Promise.all([
        import("./select-server.ts"),
        import("./session-kinds.ts"),
      ]);
      return openServerApi(selectServer(await config(), name), { ...parts, asking: NOBODY });
    },
    clientSigner: async (identity, choice, place) =>
      (await import("./client-keys.ts")).clientSigner(identity, choice, parts, place),
    destroyClientKeys: async (entry) =>
      (await import("./session-provider.ts")).destroyClientKeys(entry, { ...parts, asking: NOBODY }),
    inspectProvider: async (entry) =>
      (await import("./session-kinds.ts")).inspectOidcProvider(entry, { ...parts, asking: NOBODY }),
    async runSignIn(name, request, tell) {
      const entry = selectIdentity(await config(), name);
      await kindOf(SIGN_INS, "sign-in", entry.kind)(entry, { ...parts, asking: NOBODY }, request, tell);
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
