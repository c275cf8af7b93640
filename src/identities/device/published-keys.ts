import { Fault } from "../../core/fault.ts";
import { publishCommand } from "../../core/publish-command.ts";
import type { Publisher } from "../../core/publisher.ts";
import type { PublicJwk, PublicKey } from "../../core/signer.ts";
import { DISCOVERY_PATH, JWKS_PATH, parseDiscovery } from "../../wire/issuer-documents/discovery.ts";
import { keysOf } from "../../wire/issuer-documents/jwks-document.ts";
import { isUnderItsOwnId } from "../../wire/jwk/key-ids.ts";
import type { DeviceKeys } from "./options.ts";

/** The keys that verifiers can know, as far as this machine remembers. */
export interface PublishedKeys {
  /** null too for an entry that is another key under that id. */
  find(kid: string): PublicJwk | null;
  /** The fault for a key that is not among them. */
  absent(key: PublicKey): Fault;
}

/** Whose keys they are, where they are published, and as which issuer's. */
interface PublishingDevice {
  readonly name: string;
  readonly issuer: string;
  readonly keys: Pick<DeviceKeys, "publishedTo">;
}

/**
 * Reads the stored copy of what was published for this issuer. A copy that belongs to another issuer URL counts as
 * nothing: the URL in the config was changed after publishing.
 *
 * @throws {Fault} `ISSUER_DOCUMENT_INVALID` if the copy is damaged.
 */
export async function loadPublishedKeys(published: Pick<Publisher, "read">, device: PublishingDevice): Promise<PublishedKeys> {
  try {
    return await readPublishedKeys(published, device);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "ISSUER_DOCUMENT_INVALID") throw cause;
    throw cause.told({ hints: hintsToRemember(device) });
  }
}

async function readPublishedKeys(published: Pick<Publisher, "read">, device: PublishingDevice): Promise<PublishedKeys> {
  const { name: identity, issuer } = device;
  const [discovery, jwks] = await Promise.all([published.read(DISCOVERY_PATH), published.read(JWKS_PATH)]);
  const where = `the stored copy of the published documents of ${identity}`;
  const publishedIssuer = discovery === null ? null : parseDiscovery(discovery.body, where).issuer;
  const entries = publishedIssuer === issuer ? keysOf(jwks, where) : [];
  return {
    find: (kid) => entries.find((entry) => entry.kid === kid && isUnderItsOwnId(entry))?.jwk ?? null,
    absent: ({ algorithm, kid }) => {
      if (entries.some((entry) => entry.kid === kid)) return anotherKey(identity, algorithm, kid);
      const reason =
        publishedIssuer === null || publishedIssuer === issuer
          ? `not published at ${issuer}`
          : `published at ${publishedIssuer}, and the issuer is ${issuer} now`;
      return new Fault("KEY_UNPUBLISHED", `the ${algorithm} key of ${identity} is ${reason}`, {
        hints: hintsToRemember(device),
        details: { kid },
      });
    },
  };
}

/** What an older version remembered, or another program wrote. */
function anotherKey(identity: string, algorithm: string, kid: string): Fault {
  return new Fault(
    "KEY_UNPUBLISHED",
    `another key was published under the id of the ${algorithm} key of ${identity}: somebody else writes its documents`,
    { hints: [`run \`brevet issuer publish ${identity}\`, and find out who can write there`], details: { kid } },
  );
}

function hintsToRemember({ name, keys }: PublishingDevice): readonly string[] {
  return [
    `run \`${publishCommand(name, keys)}\``,
    `or, if you have uploaded the documents yourself, \`brevet issuer verify ${name}\``,
  ];
}
