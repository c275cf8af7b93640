import { Fault } from "../../core/fault.ts";
import { makeKeyOnce, requireNoKey } from "../../core/make-key-once.ts";
import { placeIn } from "../../core/place.ts";
import type {
  PublicKey,
  SignatureAlgorithm,
  Signer,
  SignerContext,
  SignerDescription,
  SignerKind,
  SignerProbe,
  SigningKey,
} from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import { beforeExit } from "../../platform/before-exit.ts";
import { type HeadStart, headStart } from "../../platform/head-start.ts";
import { randomBytes } from "../../platform/random.ts";
import { openTpm, type TpmPatience } from "../../platform/tpm/open-tpm.ts";
import { formatTpmAddress, isMachineTpm } from "../../platform/tpm/tpm-address.ts";
import { signerPlace } from "../../wire/brevet-config/signer-choice.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { parsePublicArea } from "../../wire/tpm/public-area.ts";
import { publicKeyOf } from "../../wire/tpm/public-key.ts";
import { enterRoot, type RootedTpm } from "../../wire/tpm/storage-root.ts";
import { type TpmPorts, withTpm } from "../../wire/tpm/with-tpm.ts";
import { encodeKeyRecord, type KeyRecord, parseKeyRecord } from "./key-record.ts";
import { parseTpm2Options, type Tpm2Options } from "./options.ts";
import { askPin, choosePin, type PinTerminal } from "./pin.ts";
import { makeKey, signWithKey } from "./tpm-keys.ts";

/**
 * The signer `tpm2`: ES256 and RS256 keys that a TPM 2.0 made and that work in no other. What the TPM gives out, a private
 * part that only itself can open, is kept in the store's area `keys` under `<identity>.<algorithm>.tpm2`; nothing is left
 * inside of the TPM between two calls.
 */
export interface Tpm2Ports {
  readonly store: Store;
  readonly terminal: PinTerminal;
}

/** The options as the config has them; checked when the kind is used. */
export type RawTpm2Options = Readonly<Record<string, unknown>>;

const ALGORITHMS: readonly SignatureAlgorithm[] = ["ES256", "RS256"];

/** A probe asks whether a TPM is there, and does not wait for one that is busy for long. */
const PROBE_PATIENCE: TpmPatience = { quickMs: 2000, slowMs: 2000, fullMs: 0 };

/** Part 2 §6.13: TPM_PT_MANUFACTURER, four letters. */
const MANUFACTURER = 0x105;

/** The kind `tpm2`, over the store that keeps its wrapped keys and the terminal that asks for PINs. */
export function tpm2Signers(ports: Tpm2Ports): SignerKind<RawTpm2Options> {
  return {
    kind: "tpm2",
    probe: async (options) => probe(parseTpm2Options(options, placeIn(null, "signer"))),
    open: (context) => openTpm2Signer({ ...context, options: parseTpm2Options(context.options, signerPlace(context)) }, ports),
  };
}

async function probe({ address }: Tpm2Options): Promise<SignerProbe> {
  try {
    const ports: TpmPorts = { open: () => openTpm(address, PROBE_PATIENCE), random: randomBytes, beforeExit };
    const maker = await withTpm(ports, (chip) => chip.property(MANUFACTURER));
    const letters = Buffer.alloc(4);
    letters.writeUInt32BE(maker ?? 0);
    const name = letters
      .toString("latin1")
      .replace(/[^\w .-]/g, "")
      .trim();
    const residence = residenceOf({ address });
    return { usable: true, residence, summary: `a TPM 2.0${name === "" ? "" : ` by ${name}`} at ${formatTpmAddress(address)}` };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { usable: false, reason: cause.message, hints: cause.hints };
  }
}

/** What answers at a socket is a program, and whoever runs it can read what it holds. */
function residenceOf({ address }: Pick<Tpm2Options, "address">): SignerDescription["residence"] {
  return isMachineTpm(address) ? "hardware" : "software";
}

function describe({ address, pin }: Tpm2Options): SignerDescription {
  const residence = residenceOf({ address });
  const guard = pin ? ", for whoever knows its PIN" : "";
  const summary =
    residence === "hardware"
      ? `a key in the TPM of this machine${guard}: it can be used here and copied nowhere`
      : `a key in a simulated TPM at ${formatTpmAddress(address)}${guard}: whoever runs that can copy it`;
  return { kind: "tpm2", residence, presence: pin ? "pin" : "none", summary };
}

/** What is under way to the root of a TPM before anybody signs. */
function wayToRoot({ address }: Tpm2Options): HeadStart<RootedTpm> {
  const ports: TpmPorts = { open: () => openTpm(address), random: randomBytes, beforeExit };
  return headStart(
    () => enterRoot(ports),
    (unused) => void unused.way.leave().catch(() => undefined),
  );
}

function openTpm2Signer(
  { identity, generation = 1, options }: SignerContext<Tpm2Options>,
  { store, terminal }: Tpm2Ports,
): Signer {
  const handle = keyHandle({ identity, generation });
  // The algorithm is not last: no entry of the software signer has this form.
  const entry = (algorithm: SignatureAlgorithm): string => `${handle}.${algorithm.toLowerCase()}.tpm2`;
  const pendingEntry = `${handle}.attestation.tpm2`;
  const way = wayToRoot(options);

  async function signingKey(algorithm: SignatureAlgorithm): Promise<SigningKey | null> {
    if (!ALGORITHMS.includes(algorithm)) return null;
    const sealed = await store.load("keys", entry(algorithm));
    if (sealed === null) return null;
    const { record, key } = parseKeyRecord(sealed, algorithm, entry(algorithm));
    return { ...key, sign: async (message) => signWithKey(way.take, record, await pinOf(record), message) };
  }

  async function pinOf({ protection }: KeyRecord): Promise<Uint8Array | null> {
    return protection === "pin" ? (await askPin(terminal, identity)).reveal() : null;
  }

  async function createKey(algorithm: SignatureAlgorithm): Promise<PublicKey> {
    if (!ALGORITHMS.includes(algorithm)) throw new Fault("ALGORITHM_UNSUPPORTED", `the signer tpm2 has no ${algorithm} keys`);
    const name = entry(algorithm);
    const isThere = async (): Promise<boolean> => (await store.load("keys", name)) !== null;
    const wanted = { store, name, identity, algorithm, isThere };
    await requireNoKey(wanted);
    const pin = options.pin ? await choosePin(terminal, identity) : null;
    return makeKeyOnce(wanted, async () => {
      const record = await makeKey(way.take, algorithm, pin?.reveal() ?? null);
      const key = publicKeyOf(parsePublicArea(record.publicArea));
      if (key?.algorithm !== algorithm) throw new Fault("SIGNER_FAILED", `the TPM did not make an ${algorithm} key`);
      await store.save("keys", name, encodeKeyRecord(record));
      return key;
    });
  }

  return {
    description: describe(options),
    algorithms: ALGORITHMS,
    signingKey,
    createKey,
    // Not while a person looks for a PIN: others want the TPM too.
    prepare: () => {
      if (!options.pin) way.begin();
    },
    publicKeys: async () => {
      const keys = await Promise.all(ALGORITHMS.map(signingKey));
      return keys.filter((key) => key !== null).map(({ kid, algorithm, jwk }) => ({ kid, algorithm, jwk }));
    },
    destroyKeys: async () => {
      for (const algorithm of ALGORITHMS) await store.remove("keys", entry(algorithm));
      await store.remove("keys", pendingEntry);
      return [];
    },
    // Its code is loaded when it is asked for: a signature does without.
    attestation: {
      request: async (algorithm) => {
        const sealed = await store.load("keys", entry(algorithm));
        if (sealed === null) throw new Fault("KEY_ABSENT", `the identity ${identity} has no ${algorithm} key`);
        const { record } = parseKeyRecord(sealed, algorithm, entry(algorithm));
        const { requestAttestation, encodePending } = await import("./attestation.ts");
        const { encodeAttestation } = await import("../../wire/tpm/attestation.ts");
        const { request, pending } = await requestAttestation(way.take, record, await pinOf(record));
        await store.save("keys", pendingEntry, encodePending(pending));
        return encodeAttestation("request", request);
      },
      answer: async (challenge) => {
        const sealed = await store.load("keys", pendingEntry);
        if (sealed === null) throw new Fault("ATTESTATION_REFUSED", `the identity ${identity} has made no request`);
        const { answerChallenge, parsePending } = await import("./attestation.ts");
        const { encodeAttestation, parseAttestation } = await import("../../wire/tpm/attestation.ts");
        const pending = parsePending(sealed, pendingEntry);
        return encodeAttestation("answer", await answerChallenge(way.take, pending, parseAttestation("challenge", challenge)));
      },
    },
  };
}
