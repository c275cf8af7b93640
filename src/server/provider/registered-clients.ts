import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Provider } from "oidc-provider";
import * as errors from "oidc-provider/lib/helpers/errors.js";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Author } from "../audit/event.ts";
import type { Seal } from "../keys/seal.ts";
import { type Reader, type Row, text } from "../store/database.ts";
import { findMeantRow } from "../store/meant-row.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import type { Unit } from "../store/unit.ts";
import { staleVersion } from "../store/version.ts";
import { withArtifacts } from "./artifacts.ts";
import { isBuiltIn } from "./built-in-clients.ts";
import { checkClientName, nameOf } from "./client-name.ts";
import { type Metadata, withOpenSecret, withoutSecret, withSealedSecret } from "./client-secret.ts";

/** A registered client, without its secret. */
export interface RegisteredClient {
  readonly metadata: Metadata;
  /** As the database has it, which a change is made from. */
  readonly document: string;
}

/** Clients of the OpenID provider, for administrators. The built-in ones are not among them. */
export interface ProviderClients {
  /** By their ids. @throws {Fault} `CURSOR_INVALID` */
  list(reader: Reader, wish: PageWish): Promise<Page<RegisteredClient>>;
  /** @param meant its id, or the beginning of it. @throws {Fault} `RECORD_ABSENT`, `RECORD_AMBIGUOUS` */
  find(reader: Reader, meant: string): Promise<RegisteredClient>;
  /** Collects a new client, with an id and, where its way to prove itself wants one, a secret. @throws {Fault} `CLIENT_INVALID` */
  register(request: IncomingMessage, unit: Unit, metadata: Metadata, by: Author): Promise<Metadata>;
  /** Collects the replacement of a client's members. @throws {Fault} `CLIENT_INVALID`; at commit `VERSION_STALE` */
  change(request: IncomingMessage, unit: Unit, client: RegisteredClient, metadata: Metadata, by: Author): Promise<Metadata>;
  /** Collects its end; its tokens are worth nothing without it. @throws {Fault} as {@link find}, at commit too */
  remove(unit: Unit, meant: string, by: Author): Promise<void>;
}

const SECRET_BYTES = 32;

/** Clients of the provider that serves now, which checks what they say of themselves. */
export function providerClients(current: () => Provider, seal: Seal, now: () => EpochSeconds): ProviderClients {
  const kept = (metadata: Metadata): string => JSON.stringify(withSealedSecret(seal, metadata));
  const checked = (request: IncomingMessage, unit: Unit, metadata: Metadata, name: unknown): Promise<Metadata> =>
    withArtifacts(request, unit, async () => check(current(), metadata, name));
  return {
    list(reader, wish) {
      const from = "SELECT handle, payload FROM artifact";
      return readPage(
        reader,
        { from, where: [{ sql: "kind = ?", values: ["Client"] }], order: { handle: "text" } },
        wish,
        (row) => clientOf(text(row, "payload")),
      );
    },
    find: async (reader, meant) => clientOf(text(await findRow(reader, meant), "payload")),
    async register(request, unit, metadata, by) {
      const id = randomBytes(16).toString("base64url");
      const named = withSecret(current(), { ...metadata, client_id: id, client_id_issued_at: now() });
      const made = await checked(request, unit, named, metadata["client_name"]);
      unit.write("INSERT INTO artifact (kind, handle, payload) VALUES ('Client', ?, ?)", [id, kept(made)]);
      const clientName = nameOf({ clientId: id, clientName: String(made["client_name"] ?? "") });
      unit.record({ name: "client.registered", ...by, client: id, details: { clientName } });
      return made;
    },
    async change(request, unit, { document }, metadata, by) {
      const before = withOpenSecret(seal, readOwnJson<Metadata>(document));
      const id = String(before["client_id"]);
      // A name that was accepted before names were checked hinders no other change.
      const name = metadata["client_name"] === before["client_name"] ? undefined : metadata["client_name"];
      const made = await checked(request, unit, withSecret(current(), { ...before, ...metadata, client_id: id }), name);
      unit.claim(
        "UPDATE artifact SET payload = ? WHERE kind = 'Client' AND handle = ? AND payload = ?",
        [kept(made), id, document],
        () => staleVersion(`the client ${id}`),
      );
      unit.record({ name: "client.changed", ...by, client: id, details: { members: Object.keys(metadata) } });
      return made;
    },
    async remove(unit, meant, by) {
      const id = text(await findRow(unit, meant), "id");
      unit.claim(
        "DELETE FROM artifact WHERE kind = 'Client' AND handle = ?",
        [id],
        () => new Fault("RECORD_ABSENT", `the client ${id} is gone already`),
      );
      unit.record({ name: "client.removed", ...by, client: id, details: {} });
    },
  };
}

function clientOf(document: string): RegisteredClient {
  return { metadata: withoutSecret(readOwnJson<Metadata>(document)), document };
}

/** What the provider's `Client` has, and the types that are published for it lack. */
interface ClientModel {
  new (metadata: Metadata): { metadata(): Metadata };
  needsSecret(metadata: Metadata): boolean;
}

function clientModel(provider: Provider): ClientModel {
  // The package has no types of its own, and DefinitelyTyped declares neither its constructor nor `needsSecret`; each call of both is tested.
  return provider.Client as unknown as ClientModel;
}

function withSecret(provider: Provider, metadata: Metadata): Metadata {
  if (!clientModel(provider).needsSecret(metadata) || typeof metadata["client_secret"] === "string") return metadata;
  return { ...metadata, client_secret: randomBytes(SECRET_BYTES).toString("base64url"), client_secret_expires_at: 0 };
}

/** Has the provider check a registration, as it checks those that come by its own endpoint. */
async function check(provider: Provider, metadata: Metadata, name: unknown): Promise<Metadata> {
  try {
    const Client = clientModel(provider);
    checkClientName(name);
    return new Client(metadata).metadata();
  } catch (cause) {
    if (!(cause instanceof errors.InvalidClientMetadata) && !(cause instanceof errors.InvalidRedirectUri)) throw cause;
    throw new Fault("CLIENT_INVALID", cause.error_description ?? cause.message, { cause });
  }
}

const REGISTERED = {
  from: "SELECT handle AS id, payload FROM artifact",
  where: { sql: "kind = 'Client'", values: [] },
  id: "handle",
  noun: "registered client",
  list: "brevet admin clients list",
} as const;

async function findRow(reader: Reader, meant: string): Promise<Row> {
  if (!isBuiltIn(meant)) return findMeantRow(reader, REGISTERED, meant);
  throw new Fault("RECORD_ABSENT", `"${meant}" is no registered client: it is the command line's own, a part of the program`);
}
