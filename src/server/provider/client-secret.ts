import type { Adapter, AdapterPayload } from "oidc-provider";
import { readOwnJson } from "../../core/json-object.ts";
import type { Seal } from "../keys/seal.ts";
import { type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/*
 * A client's secret has to be readable: a client may sign with it, and may read its own registration. So it is sealed in the
 * database, not digested, and bound to its client.
 */

/** What a client says of itself, in the words of RFC 7591. */
export type Metadata = Readonly<Record<string, unknown>>;

const SEALED = "sealed_client_secret";

const purposeOf = ({ client_id: id }: Metadata): string => `secret of the client ${String(id)}`;

/** A client as the database keeps it. */
export function withSealedSecret(seal: Seal, metadata: Metadata): Metadata {
  const { client_secret: secret, ...kept } = metadata;
  return typeof secret === "string" ? { ...kept, [SEALED]: seal.seal(purposeOf(metadata), secret) } : metadata;
}

/** A client with its secret. @throws {Fault} `SERVER_KEY_FOREIGN` for one that another key sealed, or of another client. */
export function withOpenSecret(seal: Seal, kept: Metadata): Metadata {
  if (!(SEALED in kept)) return kept;
  const { [SEALED]: sealed, ...metadata } = kept;
  return typeof sealed === "string" ? { ...metadata, client_secret: seal.open(purposeOf(kept), sealed).reveal() } : metadata;
}

/** A client without its secret, for those who look at it. */
export function withoutSecret({ [SEALED]: _sealed, client_secret: _open, ...metadata }: Metadata): Metadata {
  return metadata;
}

/** The adapter of clients, whose secrets are sealed on their way to the one given, and opened on their way back. */
export function sealedClients(adapter: Adapter, seal: Seal): Adapter {
  return {
    ...adapter,
    async find(id) {
      const kept = await adapter.find(id);
      return kept ? (withOpenSecret(seal, kept as Metadata) as AdapterPayload) : undefined;
    },
    upsert: (id, payload, expiresIn) =>
      adapter.upsert(id, withSealedSecret(seal, payload as Metadata) as AdapterPayload, expiresIn),
  };
}

/** Collects the sealing of what an earlier version kept in clear. An instance that starts at the same time may do it first. */
export async function sealOpenSecrets(reader: Reader, unit: Unit, seal: Seal): Promise<void> {
  const rows = await reader.read(
    `SELECT handle, payload FROM artifact WHERE kind = 'Client' AND payload LIKE '%"client_secret":%'`,
  );
  for (const row of rows) {
    const document = text(row, "payload");
    const sealed = JSON.stringify(withSealedSecret(seal, readOwnJson<Metadata>(document)));
    unit.write("UPDATE artifact SET payload = ? WHERE kind = 'Client' AND handle = ? AND payload = ?", [
      sealed,
      text(row, "handle"),
      document,
    ]);
  }
}
