import { counted } from "../core/counted.ts";
import { Fault } from "../core/fault.ts";
import type { Notices } from "../core/notices.ts";
import type { PublishedDocument, Publisher } from "../core/publisher.ts";
import type { Signer } from "../core/signer.ts";
import { MOST_KEYS_OF_A_TYPE, typesBeyondAws } from "../trust/issuer/aws-rules.ts";
import { DISCOVERY_PATH, JWKS_PATH, parseDiscovery } from "../wire/issuer-documents/discovery.ts";
import { jwksDocument, keysOf, mergeJwks } from "../wire/issuer-documents/jwks-document.ts";
import type { JwksEntry } from "../wire/jwk/jwks.ts";
import { parseJwks } from "../wire/jwk/jwks.ts";
import { disputedIds } from "../wire/jwk/key-ids.ts";
import { promiseAlgorithms } from "./promise-algorithms.ts";
import { putDocument } from "./put-document.ts";
import { replaceUntilWritten } from "./replace-document.ts";
import { requireModestJwks, storedDocuments } from "./stored-documents.ts";

export interface PublishIssuerInput {
  readonly identity: string;
  readonly issuer: string;
  /** Whether the person has chosen to share this issuer with other devices. */
  readonly shared: boolean;
  /** Keys that are taken out: those that a rotation has replaced. Default: none. */
  readonly removed?: ReadonlySet<string>;
}

export interface PublishIssuerPorts {
  /** Whose keys are ours. */
  readonly signer: Pick<Signer, "publicKeys">;
  /** What `generate` wrote. */
  readonly generated: Publisher;
  /** Where the verifiers look. */
  readonly destination: Publisher;
  /** The stored copy of what was published, which the credential path reads. */
  readonly published: Publisher;
  /** Who is told that somebody else has written there. */
  readonly notices: Pick<Notices, "warn">;
}

export interface PublishedIssuer {
  readonly destination: string;
  /** The paths that were written; empty if everything was there already. */
  readonly written: readonly string[];
  /** The `kid` of each key that is published now. */
  readonly kids: readonly string[];
  /** Those among them that are not this device's. */
  readonly foreign: readonly string[];
  /** Ids of this device's keys under which another key stood there, or the same twice. */
  readonly disputed: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Publishes what `generate` made: reads what is published, adds our keys to it, writes the JWKS and then the discovery document,
 * and remembers both as the stored copy. Nothing that others published is lost or changed, except a key that has the id of one of
 * ours: it is replaced, and the person is told.
 *
 * @throws {Fault} `ISSUER_ABSENT` if nothing was generated; `ISSUER_MISMATCH` if what was generated or is published
 * belongs to another issuer; `KEY_ABSENT` if it holds no current key; `ISSUER_DOCUMENT_INVALID`; `ISSUER_SHARED`;
 * `LIMIT_REACHED`; `PUBLISH_CONFLICT`.
 */
export async function publishIssuer(input: PublishIssuerInput, ports: PublishIssuerPorts): Promise<PublishedIssuer> {
  const { destination, published, signer } = ports;
  const { removed = NONE } = input;
  const ours = await loadGenerated(input, ports);
  const ourKids = [...ours, ...(await signer.publicKeys())].flatMap(({ kid }) => (kid === null ? [] : [kid]));
  const discoveryPlace = destination.placeOf(DISCOVERY_PATH);
  // Before anything is written, so that the keys never land in the folder of another issuer.
  requireIssuer(await destination.read(DISCOVERY_PATH), discoveryPlace, input);

  let foreign: readonly string[] = [];
  const disputed = new Set<string>();
  const keysPlace = destination.placeOf(JWKS_PATH);
  const jwks = await replaceUntilWritten(destination, JWKS_PATH, {
    make: async (present) => {
      const kept = keysOf(present, keysPlace).filter(({ kid }) => kid === null || !removed.has(kid));
      const merged = mergeJwks(kept, ours, new Set(ourKids));
      foreign = merged.foreign;
      for (const kid of merged.disputed) disputed.add(kid);
      if (foreign.length > 0 && !input.shared) throw shared(input, destination, foreign);
      const document = jwksDocument(merged.keys);
      requireModestJwks(document.body, keysPlace);
      requireRoom(document.body, destination.destination);
      return document;
    },
    // Another program that compares and writes in two steps may have undone ours.
    holds: (present) => holdsAll(keysOf(present, keysPlace), ours, removed),
  });
  if (disputed.size > 0) ports.notices.warn(wasDisputed(destination, [...disputed]));
  // After the keys, so that the document never promises an algorithm whose key is not there yet.
  const discovery = await promiseAlgorithms(destination, input.issuer, (present) =>
    requireIssuer(present, discoveryPlace, input),
  );
  for (const document of storedDocuments(input.issuer, jwks.document.body, keysPlace)) await putDocument(published, document);
  const entries = parseJwks(jwks.document.body, keysPlace);
  return {
    destination: destination.destination,
    written: [jwks, discovery].filter(({ changed }) => changed).map(({ document }) => document.path),
    kids: entries.map(({ kid }) => kid ?? "(no kid)"),
    foreign,
    disputed: [...disputed],
  };
}

function wasDisputed({ destination }: Publisher, kids: readonly string[]): string {
  return `another key stood at ${destination} under ${kids.join(" and ")}, or that one twice: whoever put it there could sign in as this device until now. It is taken out; find out who can write there`;
}

async function loadGenerated(
  input: PublishIssuerInput,
  { generated, signer }: PublishIssuerPorts,
): Promise<readonly JwksEntry[]> {
  const hints = [`run \`brevet issuer generate ${input.identity}\``];
  const discovery = await generated.read(DISCOVERY_PATH);
  const jwks = await generated.read(JWKS_PATH);
  if (discovery === null || jwks === null) {
    throw new Fault("ISSUER_ABSENT", `no documents of the identity ${input.identity} wait to be published`, {
      hints: [...hints, "with `--output` they are written for you to upload, and wait for no `publish`"],
    });
  }
  requireIssuer(discovery, "the generated discovery document", input);
  const ours = parseJwks(jwks.body, generated.placeOf(JWKS_PATH));
  const current = new Set((await signer.publicKeys()).map(({ kid }) => kid));
  if (!ours.some(({ kid }) => kid !== null && current.has(kid))) {
    throw new Fault("KEY_ABSENT", `the generated documents of ${input.identity} hold none of its keys`, { hints });
  }
  return ours;
}

function requireIssuer(document: PublishedDocument | null, where: string, { issuer, identity }: PublishIssuerInput): void {
  const found = document === null ? issuer : parseDiscovery(document.body, where).issuer;
  if (found === issuer) return;
  throw new Fault("ISSUER_MISMATCH", `${where} is for ${found}, and the issuer of ${identity} is ${issuer}`, {
    hints: [`run \`brevet issuer generate ${identity}\` if the issuer was changed, or publish to the folder of ${issuer}`],
    details: { found, issuer },
  });
}

function holdsAll(present: readonly JwksEntry[], wanted: readonly JwksEntry[], removed: ReadonlySet<string>): boolean {
  const kids = new Set(present.map(({ kid }) => kid));
  const ours = wanted.flatMap(({ kid }) => kid ?? []);
  const areThere = ours.every((kid) => kids.has(kid)) && disputedIds(present, ours).length === 0;
  return areThere && [...removed].every((kid) => !kids.has(kid));
}

/** Before it is written: of a JWKS that is too long, AWS takes no key at all, and every device that shares it is locked out. */
function requireRoom(jwks: string, destination: string): void {
  const full = typesBeyondAws(parseJwks(jwks, destination));
  if (full === null) return;
  throw new Fault(
    "LIMIT_REACHED",
    `${destination} would have ${full.count} ${full.type} keys, and AWS takes ${MOST_KEYS_OF_A_TYPE}`,
    {
      hints: [
        "take out what is not used any more: `brevet issuer devices` lists the keys, `brevet issuer revoke` removes one",
        "or give devices an issuer of their own: a path for each",
      ],
      details: { limit: MOST_KEYS_OF_A_TYPE, count: full.count, type: full.type },
    },
  );
}

function shared({ identity, issuer }: PublishIssuerInput, destination: Publisher, foreign: readonly string[]): Fault {
  return new Fault(
    "ISSUER_SHARED",
    `${counted(foreign.length, "other key")} ${foreign.length === 1 ? "is" : "are"} published at ${destination.destination}: whoever holds one can claim the subject of ${identity}`,
    {
      hints: [
        `give this device a path of its own, such as ${issuer}/${identity}`,
        `if it is a key that this device has lost, take it out of ${JWKS_PATH} there`,
        "or, to trust every key there alike, `brevet issuer publish … --shared`",
      ],
      details: { kids: foreign },
    },
  );
}
