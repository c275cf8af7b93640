import { Fault } from "../core/fault.ts";
import type { Notices } from "../core/notices.ts";
import type { RandomBytes } from "../core/random.ts";
import { Secret } from "../core/secret.ts";
import type { PublicKey, Signer, SignerDescription, SignerProbe } from "../core/signer.ts";
import type { Store } from "../core/store.ts";
import { signerEntry } from "../wire/brevet-config/signer-choice.ts";
import { makeSubject } from "../wire/issuer-documents/subject.ts";
import { holdsKeys, type KeptPlaces, keepPlaces, loadPlaces, subjectEntryOf } from "./kept-places.ts";

/** A kind of signer that this machine might have. */
export interface SignerCandidate {
  readonly kind: string;
  /** What the config keeps of the signer besides its kind. */
  readonly options?: Readonly<Record<string, unknown>>;
  probe(): Promise<SignerProbe>;
  /** @param settled the options that the probe found, where it found any. */
  open(identity: string, settled?: Readonly<Record<string, unknown>>): Signer;
}

/** The identities of the config, as far as this flow changes them. */
export interface IdentityBook {
  has(name: string): Promise<boolean>;
  /** Adds an identity to the config. @throws {Fault} `IDENTITY_EXISTS` if it is there; what writing the config raises. */
  add(name: string, identity: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface CreateDeviceInput {
  readonly name: string;
  /** The kind of signer that the person asked for; null: the best one that is usable. */
  readonly signer: string | null;
  /** Where its documents will be published; null: not known yet. Checked by the caller. */
  readonly issuer: string | null;
}

export interface CreatedDevice {
  readonly name: string;
  readonly subject: string;
  readonly issuer: string | null;
  readonly key: PublicKey;
  readonly signer: SignerDescription;
}

/**
 * Makes this machine's device identity: a key in the best signer that is usable, a subject that is never made again,
 * and an entry in the config. Nothing that exists is overwritten. Keys that are here already are taken on, with the subject that was
 * made for them: an interrupted run left them, or the config was lost, and clouds trust that subject. A rotation that was under way
 * then can go on.
 *
 * @throws {Fault} `IDENTITY_EXISTS`, also for keys that are here in another signer than the one that was asked for; `KIND_UNKNOWN`,
 * `SIGNER_ABSENT`: a signer that was asked for and is not usable is never replaced by another; what the signer raises.
 */
export async function createDevice(
  input: CreateDeviceInput,
  ports: {
    /** Best first. Asked for when they are needed: to open them, the store is opened. */
    readonly signers: () => Promise<readonly SignerCandidate[]>;
    readonly identities: IdentityBook;
    /** Where the subject is kept with the key, so that it outlives the config. Asked for after the signer. */
    readonly store: () => Promise<Pick<Store, "load" | "save">>;
    /** The signers of places that were kept, those of the keys in use first. */
    readonly keptSigners: (places: KeptPlaces) => Promise<readonly [Signer, ...Signer[]]>;
    readonly random: RandomBytes;
    readonly notices: Notices;
  },
): Promise<CreatedDevice> {
  const { name, issuer } = input;
  if (await ports.identities.has(name)) {
    throw new Fault("IDENTITY_EXISTS", `the identity ${name} exists already`, {
      hints: [
        "choose another name: `brevet init NAME`",
        "see what there is: `brevet status`",
        `if its key was revoked, and it is to be used again: \`brevet issuer rotate ${name}\` makes a new one`,
      ],
    });
  }
  const signers = await ports.signers();
  const store = await ports.store();
  const kept = await loadPlaces(store, name);
  const left = kept === null ? [] : await ports.keptSigners(kept);
  const isKept = kept !== null && (await holdsKeys(left));
  const chosen = isKept ? null : await chooseSigner(input.signer, signers);
  const places = isKept ? kept : { signer: chosen === null ? null : signerEntry(chosen.candidate) };
  const signer = isKept ? left[0] : chosen?.candidate.open(name);
  if (signer === undefined) throw new TypeError("a device has a signer");
  if (isKept) refuseOtherSigner(input, signer);
  const { key, isNew } = await obtainKey(signer);
  const subject = await obtainSubject(name, isNew && !isKept, ports.random, store);
  await keepPlaces(store, name, places);
  if (isKept || !isNew) ports.notices.say(`a key for ${name} is here from before and is used, as ${subject}`);
  await ports.identities.add(name, { kind: "device", ...places, subject, ...(issuer === null ? {} : { issuer }) });
  announce(signer.description, chosen?.unusable ?? [], ports.notices);
  return { name, subject, issuer, key, signer: signer.description };
}

/** The keys are what clouds know the device by: another one under its name would be another device. */
function refuseOtherSigner({ name, signer: wanted }: CreateDeviceInput, { description }: Signer): void {
  if (wanted === null || wanted === description.kind) return;
  throw new Fault("IDENTITY_EXISTS", `keys of ${name} are here from before, in the signer ${description.kind}`, {
    hints: [
      `take them on, with their subject: \`brevet init ${name}\`, then \`brevet issuer rotate ${name} --signer ${wanted}\``,
      "or choose another name: `brevet init NAME`",
    ],
  });
}

function announce({ kind, residence, summary }: SignerDescription, unusable: readonly string[], notices: Notices): void {
  if (residence === "hardware") {
    notices.say(`the signer is ${kind}: ${summary}`);
    return;
  }
  notices.warn(`the signer ${kind} is not hardware-backed: ${summary}. A TPM, a security key or a Secure Enclave is stronger`);
  for (const reason of unusable) notices.say(`not used, ${reason}`);
}

/** The signer that was chosen. */
export interface ChosenSigner {
  readonly candidate: SignerCandidate;
  /** The better ones that a person could make usable: which, why not, and what to do. */
  readonly unusable: readonly string[];
}

/**
 * The signer that was asked for, else the best that is usable.
 *
 * @param signers best first.
 * @throws {Fault} `KIND_UNKNOWN`, `SIGNER_ABSENT`
 */
export async function chooseSigner(wanted: string | null, signers: readonly SignerCandidate[]): Promise<ChosenSigner> {
  if (wanted !== null) return { candidate: await requireSigner(wanted, signers), unusable: [] };
  let software: SignerCandidate | null = null;
  const reasons: string[] = [];
  const unusable: string[] = [];
  for (const candidate of signers) {
    const probe = await candidate.probe();
    if (probe.usable && probe.residence === "hardware") return { candidate: settle(candidate, probe), unusable: [] };
    if (probe.usable) {
      software ??= settle(candidate, probe);
      continue;
    }
    reasons.push(`${candidate.kind}: ${probe.reason}`);
    if (probe.hints.length > 0) unusable.push([`${candidate.kind}: ${probe.reason}`, ...probe.hints].join("; "));
  }
  if (software !== null) return { candidate: software, unusable };
  throw new Fault("SIGNER_ABSENT", "nothing on this machine can hold a device key", { details: { reasons } });
}

/**
 * The signer of that kind, if it can be used here: never another in its place.
 *
 * @throws {Fault} `KIND_UNKNOWN`, `SIGNER_ABSENT`
 */
export async function requireSigner(wanted: string, signers: readonly SignerCandidate[]): Promise<SignerCandidate> {
  const candidate = signers.find(({ kind }) => kind === wanted);
  if (candidate === undefined) {
    throw new Fault("KIND_UNKNOWN", `there is no signer "${wanted}"`, {
      hints: [`choose one of ${signers.map(({ kind }) => kind).join(", ")}`],
    });
  }
  const probe = await candidate.probe();
  if (probe.usable) return settle(candidate, probe);
  throw new Fault("SIGNER_ABSENT", `the signer ${wanted} cannot be used here: ${probe.reason}`, {
    hints: [...probe.hints, ...(probe.hintsWhenAsked ?? [])],
  });
}

/** The candidate with the options that the config will keep, so that it is opened as every later run will open it. */
function settle(candidate: SignerCandidate, { settled }: SignerProbe & { usable: true }): SignerCandidate {
  return settled === undefined
    ? candidate
    : { ...candidate, options: settled, open: (identity) => candidate.open(identity, settled) };
}

/** ES256 if the signer has it: small, quick, and taken by AWS and Google. An RSA key is made when an audience needs one. */
async function obtainKey(signer: Signer): Promise<{ readonly key: PublicKey; readonly isNew: boolean }> {
  const [left] = await signer.publicKeys();
  if (left !== undefined) return { key: left, isNew: false };
  const algorithm = signer.algorithms.includes("ES256") ? "ES256" : signer.algorithms[0];
  if (algorithm === undefined) throw new TypeError(`the signer ${signer.description.kind} has no algorithm`);
  return { key: await signer.createKey(algorithm), isNew: true };
}

/** The subject of the key; a new key never gets the subject of one that is gone. */
async function obtainSubject(
  name: string,
  isNew: boolean,
  random: RandomBytes,
  store: Pick<Store, "load" | "save">,
): Promise<string> {
  const entry = subjectEntryOf(name);
  const kept = isNew ? null : await store.load("keys", entry);
  if (kept !== null) return kept.reveal();
  const subject = makeSubject(name, random);
  await store.save("keys", entry, new Secret("subject", subject));
  return subject;
}
