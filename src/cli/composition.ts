import type { Credentials } from "../core/credentials.ts";
import type { Http } from "../core/http.ts";
import type { Identity } from "../core/identity.ts";
import type { JsonObject } from "../core/json-object.ts";
import type { Place } from "../core/place.ts";
import type { ProfilePath } from "../core/profile.ts";
import type { Publisher } from "../core/publisher.ts";
import type { Session, SignInPrompt, SignInRequest } from "../core/session.ts";
import type { KeyPlace, SignatureAlgorithm, Signer, SignerChoice, SignerKind } from "../core/signer.ts";
import type { KeyGuard, Store } from "../core/store.ts";
import type { Clock } from "../core/time.ts";
import type { CallerIdentity } from "../exchanges/aws/get-caller-identity.ts";
import type { PlanPorts } from "../flows/apply-plan.ts";
import type { CredentialWishes } from "../flows/get-credentials.ts";
import type { KeptPlaces } from "../flows/kept-places.ts";
import type { HttpOptions } from "../platform/http/create-http.ts";
import type { PrivateFiles } from "../platform/private-files.ts";
import type { SandboxFolder } from "../sandbox/open-sandbox.ts";
import type { AwsAccount } from "../setup/aws/account.ts";
import type { AzureAdministration } from "../setup/azure/directory.ts";
import type { GoogleAdministration } from "../setup/gcp/project.ts";
import type { RunKey } from "../stores/sealed-file/run-key.ts";
import type { Config, IdentityEntry } from "../wire/brevet-config/config.ts";
import type { OpenDevice } from "./identity-kinds.ts";
import type { Outlets } from "./kinds.ts";
import type { ProfileSelection, SelectedEntry } from "./resolve-profile.ts";
import type { ServerApi } from "./server-api.ts";
import type { InspectedProvider, LoginWish } from "./session-kinds.ts";

export type { CallerIdentity };

/** What commands get their parts from. Each part is made at its first use, once. */
export interface Composition {
  readonly clock: Clock;
  config(): Promise<Config>;
  /** Forgets the config as it was read, after something other than {@link editConfig} has changed it. */
  reread(): void;
  /** Changes the text of the config, atomically and while no other process does. */
  editConfig(edit: (text: string) => string): Promise<void>;
  /** @param reach what differs from the environment: a certificate authority, names that lead elsewhere. */
  http(reach?: HttpReach): Promise<Http>;
  /** Decides what guards a store that has no key yet, over the config. To be called before the store is used. */
  askForGuard(word: string): void;
  /** Has this run wait for a person's sign-in as `login` does: nobody kills it for being slow, as SDKs do a helper. */
  waitForPerson(): void;
  guard(): Promise<KeyGuard>;
  /** Whether the store's key was made; what guards it is undecided before. Asks no guard. */
  hasStoreKey(): boolean;
  runKey(): Promise<RunKey>;
  store(): Promise<Store>;
  signerKinds(): Promise<readonly SignerKind<JsonObject>[]>;
  identity(name: string | undefined, place?: string): Promise<{ readonly entry: IdentityEntry; readonly identity: Identity }>;
  /** The session of an identity that people sign in as, when one has asked to sign in; null for an identity without sessions. */
  session(
    name: string | undefined,
    wish?: LoginWish,
  ): Promise<{ readonly entry: IdentityEntry; readonly session: Session | null }>;
  /**
   * The API of a login server, called as the person signed in there by the named identity, else by the only one of kind `server`.
   */
  serverApi(name: string | undefined): Promise<ServerApi>;
  /** Waits for a person to sign in, and keeps what comes of it; the process of `brevet sign-in run`. */
  runSignIn(name: string, request: SignInRequest, tell: (prompt: SignInPrompt) => void): Promise<void>;
  /** What an OpenID provider says of itself, for an identity there that is not in the config yet. */
  inspectProvider(entry: IdentityEntry): Promise<InspectedProvider>;
  /** What holds the key by which a client of a provider proves itself. @param place of its options, for messages. */
  clientSigner(identity: string, choice: SignerChoice, place: Place): Promise<Signer>;
  /** Destroys what the client of an identity that people sign in as has on this machine: its keys and its secret. */
  destroyClientKeys(entry: IdentityEntry): Promise<void>;
  /** An identity of kind `device`, opened for more than assertions. */
  device(name: string | undefined): Promise<OpenDevice>;
  /** A device whose config is lost, by what was kept with its keys. */
  keptDevice(name: string, places: KeptPlaces): Promise<OpenDevice>;
  /** The keys of an identity in that place, in use or not. */
  keys(identity: string, place: KeyPlace): Promise<Signer>;
  publisher(kind: string, destination: string): Promise<Publisher>;
  /** An AWS account, as its administrator. */
  awsAccount(region: string): Promise<AwsAccount>;
  /** Google Cloud, as the administrator of a project. */
  googleAdministration(): Promise<GoogleAdministration>;
  /** Entra ID and Azure, as the administrator of a tenant. */
  azureAdministration(): Promise<AzureAdministration>;
  /** Raises what is wrong with the `azure` block of a profile. */
  checkAzureBlock(block: JsonObject, place: Place): Promise<void>;
  /** What this machine keeps of an identity's documents. */
  issuerCopies(identity: string): Promise<{ readonly generated: Publisher; readonly published: Publisher; forget(): void }>;
  /** The path of a profile, of whatever exchange. @param place the keys that prove it, for a trial of keys that are not in use. */
  profilePath(selection: ProfileSelection, place?: KeyPlace): Promise<ProfilePath>;
  /** Asks AWS whose credentials these are, at the endpoint of that profile. */
  awsCaller(selection: ProfileSelection, credentials: Credentials): Promise<CallerIdentity>;
  /** @param identity its name: which one is meant where none is named depends on the audience. */
  tokenPath(identity: string, audience: string, algorithms: readonly SignatureAlgorithm[]): Promise<ProfilePath>;
  /** What a credential file of Google's says of such a profile. @throws {Fault} for a block that the exchange does not take. */
  gcpSettings(block: JsonObject, place: Place): ReturnType<typeof import("./setup-kinds.ts").gcpSettings>;
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
  readonly server: ServerParts;
}

/** A login server of this process. */
export type RunningServer = import("../server/compose.ts").RunningServer;

/** What the flags of `brevet serve` say instead of its settings. */
export type ServerOverrides = Parameters<typeof import("../server/compose.ts").startServer>[1];

/** How one command's network differs from what the environment says. */
export type HttpReach = Omit<HttpOptions, "environment">;

/** The login server: everything that it is made of is loaded with the part that is asked for. */
export interface ServerParts {
  start(): Promise<typeof import("../server/compose.ts")>;
  log(): Promise<typeof import("../server/operations/log.ts")>;
  /** What its data folder and its database say, without the server. */
  inspect(): Promise<typeof import("../server/inspect.ts")>;
  backup(): Promise<typeof import("../server/backup.ts")>;
  restore(): Promise<typeof import("../server/restore.ts")>;
  publicAddresses(): Promise<typeof import("../server/http/public-addresses.ts")>;
  /** Its audit log, without the server. */
  auditArchive(): Promise<typeof import("../server/audit-archive.ts")>;
}
