import type { Credentials } from "../core/credentials.ts";
import type { Http } from "../core/http.ts";
import type { Identity } from "../core/identity.ts";
import type { ProfilePath } from "../core/profile.ts";
import type { Publisher } from "../core/publisher.ts";
import type { Session, SignInPrompt, SignInRequest } from "../core/session.ts";
import type { KeyPlace, SignatureAlgorithm, Signer, SignerContext, SignerKind } from "../core/signer.ts";
import type { KeyGuard, Store } from "../core/store.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Clock } from "../core/time.ts";
import type { CallerIdentity } from "../exchanges/aws/get-caller-identity.ts";
import type { PlanPorts } from "../flows/apply-plan.ts";
import { type CredentialWishes, getCredentials } from "../flows/get-credentials.ts";
import { systemClock } from "../platform/clock.ts";
import { type PrivateFiles, privateFiles } from "../platform/files.ts";
import type { HttpOptions } from "../platform/http/create-http.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import type { SandboxFolder } from "../sandbox/open-sandbox.ts";
import type { AwsAccount } from "../setup/aws/account.ts";
import { chooseGuard } from "../stores/sealed-file/choose-guard.ts";
import { type RunKey, runKey as sessionRunKey } from "../stores/sealed-file/run-key.ts";
import { sealedFileStore } from "../stores/sealed-file/sealed-file-store.ts";
import type { Config, IdentityEntry, RawObject } from "../wire/brevet-config/config.ts";
import { editConfigFile, readConfig } from "./config-store.ts";
import {
  IDENTITIES,
  IDENTITY_SHAPES,
  type IdentityParts,
  type OpenDevice,
  openDevice,
  openKeys,
  SESSIONS,
  SIGN_INS,
} from "./identity-kinds.ts";
import {
  awsCaller,
  directExchange,
  EXCHANGES,
  type ExchangeParts,
  guardKinds,
  kindOf,
  type Outlets,
  outletsFor,
  presentProof,
  SIGNERS,
} from "./kinds.ts";
import {
  type Asking,
  type PreparedExchange,
  type ProfileSelection,
  type ResolverParts,
  resolveProfile,
  resolveProof,
  resolveToken,
  type SelectedEntry,
  selectedEntry,
} from "./resolve-profile.ts";
import { selectIdentity } from "./select.ts";
import type { InspectedProvider, LoginWish } from "./session-kinds.ts";
import type { SetupParts } from "./setup-kinds.ts";

export type { CallerIdentity };

/** What commands get their parts from. Each part is made at its first use, once. */
export interface Composition {
  readonly clock: Clock;
  config(): Promise<Config>;
  /** Forgets what was read of the config, after something else than {@link editConfig} has changed it. */
  reread(): void;
  /** Changes the text of the config, atomically and while no other process does. */
  editConfig(edit: (text: string) => string): Promise<void>;
  /** @param reach what differs from the environment: a certificate authority, names that lead elsewhere. */
  http(reach?: HttpReach): Promise<Http>;
  /** Decides what guards a store that has no key yet, over the config. To be called before the store is used. */
  askForGuard(word: string): void;
  guard(): Promise<KeyGuard>;
  runKey(): Promise<RunKey>;
  store(): Promise<Store>;
  signerKinds(): Promise<readonly SignerKind<RawObject>[]>;
  identity(name: string | undefined): Promise<{ readonly entry: IdentityEntry; readonly identity: Identity }>;
  /** The session of an identity that people sign in as, for who has asked to sign in; null for an identity without any. */
  session(
    name: string | undefined,
    wish?: LoginWish,
  ): Promise<{ readonly entry: IdentityEntry; readonly session: Session | null }>;
  /** Waits for a person to sign in, and keeps what comes of it; the process of `brevet sign-in run`. */
  runSignIn(name: string, request: SignInRequest, tell: (prompt: SignInPrompt) => void): Promise<void>;
  /** What an OpenID provider says of itself, for an identity there that is not in the config yet. */
  inspectProvider(entry: IdentityEntry): Promise<InspectedProvider>;
  /** What holds the key by which a client of a provider proves itself. */
  clientSigner(identity: string, kind: string): Promise<Signer>;
  /** An identity of kind `device`, opened for more than assertions. */
  device(name: string | undefined): Promise<OpenDevice>;
  /** The keys of an identity in that place, be they in use or not. */
  keys(identity: string, place: KeyPlace): Promise<Signer>;
  publisher(kind: string, destination: string): Promise<Publisher>;
  /** An AWS account, for who administers it. */
  awsAccount(region: string): Promise<AwsAccount>;
  /** What this machine keeps of an identity's documents. */
  issuerCopies(identity: string): Promise<{ readonly generated: Publisher; readonly published: Publisher }>;
  /** @param place the keys that prove it, for a trial of keys that are not in use. */
  awsProfile(selection: ProfileSelection, place?: KeyPlace): Promise<ProfilePath>;
  /** Asks AWS whose credentials these are, at the endpoint of that profile. */
  awsCaller(selection: ProfileSelection, credentials: Credentials): Promise<CallerIdentity>;
  tokenPath(identity: string | undefined, audience: string, algorithms: readonly SignatureAlgorithm[]): Promise<ProfilePath>;
  /** What a credential file of Google's says of such a profile. @throws {Fault} for a block that the exchange does not take. */
  gcpSettings(profile: string, block: RawObject): ReturnType<typeof import("./setup-kinds.ts").gcpSettings>;
  /** The path of the token that a profile is redeemed with, for tools that redeem it by themselves. */
  proofPath(selection: ProfileSelection): Promise<{ readonly entry: SelectedEntry; readonly path: ProfilePath }>;
  credentials(profile: ProfilePath, wishes: CredentialWishes): Promise<Credentials>;
  readonly outlets: Outlets;
  /** For a file that a tool named. */
  readonly privateFiles: PrivateFiles;
  /** What plans are applied and undone with. */
  plans(): Promise<PlanPorts>;
  /** The local stand-ins of the clouds, with their state in that folder. */
  sandbox(folder: string): Promise<SandboxFolder>;
  readonly server: typeof SERVER;
}

/** How one command reaches the network otherwise than the environment says. */
export type HttpReach = Omit<HttpOptions, "environment">;

/** What the composition itself needs of the world. */
export interface World {
  readonly environment: Environment;
  readonly paths: Paths;
  readonly terminal: Terminal;
}

/** To look at an identity is no reason to have anybody sign in. */
const NOBODY: Asking = { profile: null, interactive: "never" };

/** The login server: everything that it is made of is loaded with the part that is asked for. */
const SERVER = {
  async start() {
    // What reads attestations asks for it while it is loaded, and in the executable nothing else would be sure to come first.
    await import("reflect-metadata/lite");
    return import("../server/compose.ts");
  },
  log: () => import("../server/operations/log.ts"),
  /** Its audit log, without the server. */
  auditArchive: () => import("../server/audit-archive.ts"),
};

/** Wires the parts of this program together. Nothing is made before it is asked for. */
export function composition(world: World): Composition {
  const { environment, paths, terminal } = world;
  const clock = systemClock(paths.stateFolder);
  let readConfigOnce = once(() => readConfig(paths.configFile));
  const config = (): Promise<Config> => readConfigOnce();
  const http = async (reach: HttpReach = {}): Promise<Http> =>
    (await import("../platform/http/create-http.ts")).createHttp({ ...reach, environment });
  const files = privateFiles();
  const setup: SetupParts = { files, paths, http };
  let askedGuard: string | null = null;
  const guard = once(async () =>
    chooseGuard({
      asked: askedGuard ?? (environment["BREVET_STORE"] || (await config()).store.guard),
      kinds: guardKinds(files, paths),
      files,
      paths,
    }),
  );
  const runKey = once(async () => sessionRunKey(files, paths));
  const store = once(async () => sealedFileStore({ paths, files, guard, runKey: ifWanted(await runKey(), await config()) }));
  const signerKind = async (kind: string) =>
    kindOf(SIGNERS, "signer", kind)({ store: await store(), terminal, environment, paths });
  const signer = async (kind: string, context: SignerContext<RawObject>): Promise<Signer> =>
    (await signerKind(kind)).open(context);
  const { resolving, ...people } = identityOpeners(config, { clock, paths, signer, store, http, environment, files, terminal });
  const exchangeParts: ExchangeParts = { clock, http, environment, warn: terminal.warn };
  const prepareExchange = async (entry: SelectedEntry): Promise<PreparedExchange> =>
    kindOf(EXCHANGES, "exchange", entry.exchange)(entry, exchangeParts);
  const resolver: ResolverParts = { config, environment, ...resolving, prepareExchange };
  return {
    clock,
    config,
    reread: () => {
      readConfigOnce = once(() => readConfig(paths.configFile));
    },
    editConfig: (edit) => editConfigFile(files, paths, edit),
    http,
    askForGuard: (word) => {
      askedGuard = word;
    },
    guard,
    runKey,
    store,
    ...people,
    signerKinds: async () => Promise.all(Object.keys(SIGNERS).map(signerKind)),
    device: async (name) => openDevice(selectIdentity(await config(), name), { signer }),
    keys: async (identity, place) => openKeys(identity, place, { signer }),
    ...setupPorts(setup, { terminal, clock }),
    ...profilePaths(config, resolver, exchangeParts),
    gcpSettings: async (name, options) => (await import("./setup-kinds.ts")).gcpSettings({ name, options }, environment),
    sandbox: async (folder) => (await import("../sandbox/open-sandbox.ts")).openSandbox(folder),
    server: SERVER,
    async credentials(profile, wishes) {
      return getCredentials(profile, wishes, { store: await store(), clock, notices: terminal });
    },
    outlets: outletsFor(environment, clock, terminal.say, files),
    privateFiles: files,
  };
}

/** The paths from profiles of the config to credentials. */
function profilePaths(
  config: () => Promise<Config>,
  resolver: ResolverParts,
  exchangeParts: ExchangeParts,
): Pick<Composition, "awsProfile" | "awsCaller" | "tokenPath" | "proofPath"> {
  const { environment, clock } = exchangeParts;
  return {
    awsProfile: async (selection, place) => {
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

/** What publishes and sets up. */
function setupPorts(
  setup: SetupParts,
  { terminal, clock }: Pick<World, "terminal"> & { readonly clock: Clock },
): Pick<Composition, "publisher" | "awsAccount" | "issuerCopies" | "plans"> {
  const { files, paths } = setup;
  return {
    async issuerCopies(identity) {
      const { generatedCopy, publishedCopy } = await import("../publishers/directory/published-copy.ts");
      return { generated: generatedCopy(paths, identity), published: publishedCopy(paths, identity) };
    },
    async publisher(kind, destination) {
      const { PUBLISHERS } = await import("./setup-kinds.ts");
      return kindOf(PUBLISHERS, "publisher", kind)(destination, setup);
    },
    awsAccount: async (region) => (await import("./setup-kinds.ts")).awsAccount(region, setup),
    async plans() {
      const [{ fileRecords }, { PROVISIONERS }] = await Promise.all([
        import("../provisioners/files/records.ts"),
        import("./setup-kinds.ts"),
      ]);
      const provisionerFor: PlanPorts["provisionerFor"] = async (kind) => kindOf(PROVISIONERS, "resource", kind)(setup);
      return { records: fileRecords(files, paths.stateFolder), provisionerFor, clock, progress: terminal.progress };
    },
  };
}

/** The identity as it would stand in the config if its keys were in that place. */
function withKeys(entry: IdentityEntry, { signer, generation }: KeyPlace): IdentityEntry {
  return { ...entry, options: { ...entry.options, signer: { kind: signer.kind, ...signer.options }, keys: { generation } } };
}

/** Who turns the run key off does not want the one either that an earlier call left. */
function ifWanted(key: RunKey, { store }: Config): RunKey | null {
  if (store.runKey) return key;
  if (key.describe().state === "present") key.remove();
  return null;
}

/** How the identities of the config are opened. */
function identityOpeners(
  config: () => Promise<Config>,
  parts: Omit<IdentityParts, "asking">,
): Pick<Composition, "identity" | "session" | "runSignIn" | "inspectProvider" | "clientSigner"> & {
  readonly resolving: Pick<ResolverParts, "openIdentity" | "identityShape">;
} {
  const openIdentity: ResolverParts["openIdentity"] = async (entry, asking) =>
    kindOf(IDENTITIES, "identity", entry.kind)(entry, { ...parts, asking });
  return {
    resolving: {
      openIdentity,
      identityShape: async (entry) => (await IDENTITY_SHAPES[entry.kind]?.(entry, { ...parts, asking: NOBODY })) ?? {},
    },
    async identity(name) {
      const entry = selectIdentity(await config(), name);
      return { entry, identity: await openIdentity(entry, NOBODY) };
    },
    async session(name, wish) {
      const entry = selectIdentity(await config(), name);
      const open = Object.hasOwn(SESSIONS, entry.kind) ? SESSIONS[entry.kind] : undefined;
      return { entry, session: open === undefined ? null : await open(entry, { ...parts, asking: NOBODY }, null, wish) };
    },
    clientSigner: async (identity, kind) =>
      (await import("./client-keys.ts")).clientSigner(identity, { kind, options: {} }, parts),
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
