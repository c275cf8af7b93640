import { counted } from "../core/counted.ts";
import { Fault } from "../core/fault.ts";
import type { PublicDocument, PublishedDocument, Publisher } from "../core/publisher.ts";
import type { PublicKey, SignatureAlgorithm, Signer } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import { discoveryDocument, JWKS_PATH } from "../wire/issuer-documents/discovery.ts";
import { jwksDocument, jwksMembers, keysOf } from "../wire/issuer-documents/jwks-document.ts";
import { putDocument } from "./put-document.ts";

/** What to generate. */
export interface GenerateIssuerInput {
  readonly identity: string;
  readonly issuer: string;
  /** The algorithm whose key is made if the signer has none yet. Default: no key is made. */
  readonly add?: SignatureAlgorithm | undefined;
  /** Keeps the keys of one algorithm, for verifiers that want one key type. Default: all keys. */
  readonly only?: SignatureAlgorithm | undefined;
  /** Whether each key gets a self-signed certificate (`x5c`), for verifiers that want one; `keep`: if the folder's keys have them. */
  readonly certificates: "add" | "keep" | "none";
}

export interface GenerateIssuerPorts {
  /** What holds the keys: those in use, and during a rotation the next ones. */
  readonly signers: readonly [Signer, ...Signer[]];
  /** Keys of others in it are not written over, unless it is a copy of our own. */
  readonly folder: Publisher;
  readonly now: () => EpochSeconds;
}

/** What was generated. */
export interface GeneratedIssuer {
  readonly documents: readonly PublicDocument[];
  readonly keys: readonly PublicKey[];
  /** The key that did not exist before. */
  readonly created: PublicKey | null;
}

/**
 * Writes the documents of a device's issuer into a folder: the discovery document and the JWKS of all its keys. The
 * folder is brevet's own, from which `publish` takes them, or one that a person uploads.
 *
 * @throws {Fault} `KEY_ABSENT`; `ISSUER_SHARED` if keys of others stand in that folder: they would be lost; `PUBLISH_CONFLICT`;
 * what the signer and the publisher raise.
 */
export async function generateIssuer(input: GenerateIssuerInput, ports: GenerateIssuerPorts): Promise<GeneratedIssuer> {
  const [current] = ports.signers;
  const created = input.add === undefined ? null : await addKey(current, input.add);
  const every = (await Promise.all(ports.signers.map((signer) => signer.publicKeys()))).flat();
  const keys = input.only === undefined ? every : every.filter(({ algorithm }) => algorithm === input.only);
  if (keys.length === 0) throw noKeys(input);
  const isOwnCopy = ports.folder.overwrite !== undefined;
  const present = isOwnCopy ? null : await readOwnKeys(ports.folder, every);

  const members = [];
  const certified = input.certificates === "add" || (input.certificates === "keep" && (await hasCertificates(ports.folder)));
  for (const key of keys) members.push(jwksMembers(key, certified ? await certify(key, input, ports) : null));
  const algorithms = keys.map(({ algorithm }) => algorithm);
  const jwks = jwksDocument(members);
  const discovery = discoveryDocument(input.issuer, algorithms);
  // What was looked through is what is replaced: a key that came in between is a conflict, and not lost.
  if (isOwnCopy) await putDocument(ports.folder, jwks);
  else if (present?.body !== jwks.body) await ports.folder.replace(jwks, present?.version ?? null);
  await putDocument(ports.folder, discovery);
  return { documents: [jwks, discovery], keys, created };
}

async function hasCertificates(folder: Publisher): Promise<boolean> {
  return keysOf(await folder.read(JWKS_PATH), folder.destination).some(({ members }) => "x5c" in members);
}

async function certify(
  { algorithm, kid }: PublicKey,
  { identity }: GenerateIssuerInput,
  ports: GenerateIssuerPorts,
): Promise<string> {
  const keys = await Promise.all(ports.signers.map((signer) => signer.signingKey(algorithm)));
  const key = keys.find((one) => one?.kid === kid) ?? null;
  if (key === null) throw new Fault("SIGNER_FAILED", `the signer of ${identity} lost its ${algorithm} key meanwhile`);
  // Loaded late: it costs a fifth of a second, and hardly anybody asks for certificates.
  const { selfSignedCertificate } = await import("../wire/issuer-documents/certificate.ts");
  return selfSignedCertificate(key, kid, ports.now());
}

async function addKey(signer: Signer, algorithm: SignatureAlgorithm): Promise<PublicKey | null> {
  if (!signer.algorithms.includes(algorithm)) {
    throw new Fault("ALGORITHM_UNSUPPORTED", `the signer ${signer.description.kind} makes no ${algorithm} keys here`, {
      hints: ["make a second identity with another signer: `brevet init NAME --signer software`"],
    });
  }
  if ((await signer.signingKey(algorithm)) !== null) return null;
  return signer.createKey(algorithm);
}

/** Asked before something is made that a key would be published at. @throws {Fault} `KEY_ABSENT`; what the signer raises. */
export async function requireKeys(identity: string, signer: Signer): Promise<void> {
  if ((await signer.publicKeys()).length === 0) throw noKeys({ identity });
}

/** The device is there, so that its keys were revoked or are lost: `init` would make none. */
function noKeys({ identity, only }: Pick<GenerateIssuerInput, "identity" | "only">): Fault {
  return new Fault("KEY_ABSENT", `the identity ${identity} has no ${only === undefined ? "" : `${only} `}key`, {
    hints: [
      `make one: \`brevet issuer generate ${identity} --add ${only ?? "ES256"}\``,
      "or begin anew: `brevet init NAME` makes another identity",
    ],
  });
}

/** A folder that a web server serves may hold the keys of other devices, and this flow writes the whole file. */
async function readOwnKeys(folder: Publisher, ours: readonly PublicKey[]): Promise<PublishedDocument | null> {
  const present = await folder.read(JWKS_PATH);
  const keys = keysOf(present, folder.placeOf(JWKS_PATH));
  const foreign = keys.filter(({ kid }) => !ours.some((key) => key.kid === kid));
  if (foreign.length === 0) return present;
  throw new Fault("ISSUER_SHARED", `${folder.destination} holds ${counted(foreign.length, "other key")}, which would be lost`, {
    hints: ["run `brevet issuer publish`, which keeps them, or name an empty folder"],
    details: { kids: foreign.map(({ kid }) => kid ?? "(no kid)") },
  });
}
