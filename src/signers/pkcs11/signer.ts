import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { makeKeyOnce, requireNoKey, type WantedKey } from "../../core/make-key-once.ts";
import { placeIn } from "../../core/place.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { PublicKey, SignatureAlgorithm, Signer, SignerContext, SignerKind, SignerProbe } from "../../core/signer.ts";
import type { Store } from "../../core/store.ts";
import { randomBytes, randomHex } from "../../platform/random.ts";
import { signerPlace } from "../../wire/brevet-config/signer-choice.ts";
import { keyHandle } from "../../wire/issuer-documents/identity-handle.ts";
import { encodeKeyRecord, type KeyRecord, parseKeyRecord } from "./key-record.ts";
import { type Pkcs11Options, parsePkcs11Options } from "./options.ts";
import { pinKeeper } from "./pin-keeper.ts";
import { type Pin, type TokenKey, type TokenParts, tokenOf } from "./token.ts";
import { usualModules } from "./usual-modules.ts";

/**
 * The signer kind `pkcs11`: keys on a token behind a PKCS #11 module: a smart card, a YubiKey, an HSM. A module is code of
 * somebody else, so it is loaded by a process of its own, once for each signature. Of each key the store remembers its CKA_ID
 * and its public half, under `<identity>.<algorithm>.pkcs11`; every signature is verified against that.
 */

/** What a signer on a token is made of. */
export interface Pkcs11Parts extends TokenParts {
  readonly store: Store;
}

/** The kind `pkcs11`. */
export function pkcs11Signers(parts: Pkcs11Parts): SignerKind<JsonObject> {
  return {
    kind: "pkcs11",
    probe: (options) => probeToken(options, parts),
    open: (context) => openPkcs11Signer(context, parts),
  };
}

async function probeToken(raw: JsonObject, parts: Pkcs11Parts): Promise<SignerProbe> {
  if (Object.keys(raw).length === 0) {
    return { usable: false, reason: "no module is named", hints: [], hintsWhenAsked: moduleHints() };
  }
  const options = parsePkcs11Options(raw, placeIn(null, "signer"));
  const { label, manufacturer, model, serial, login, algorithms: has } = await tokenOf(options, parts, "signer").inspect();
  const algorithms = has.filter((algorithm) => options.algorithms.includes(algorithm));
  if (algorithms.length === 0) {
    return { usable: false, reason: `the token ${label} does not sign ${options.algorithms.join(" or ")}`, hints: [] };
  }
  // A token of software is a file that any program of this user reads.
  const residence = /softhsm|nss|mozilla|\bsw +tpm/i.test(`${manufacturer} ${model}`) ? "software" : "hardware";
  // With its serial number, because another token may be given the same label.
  const token = `pkcs11:token=${encodeURIComponent(label)}${serial === "" ? "" : `;serial=${encodeURIComponent(serial)}`}`;
  const pin = raw["pin"] ?? (login === "pin" ? "ask" : "none");
  const settled = { ...raw, module: options.module, token, pin, algorithms, residence };
  return { usable: true, residence, summary: `the token ${label}`, settled };
}

function moduleHints(): readonly string[] {
  const command = (module: string): string =>
    `\`${shellCommand`brevet init NAME --signer pkcs11 --signer-option module=${module}`}\``;
  const found = usualModules().map(command);
  return found.length > 0 ? found : [`name the module that comes with the token: ${command("/path/of/the/module.so")}`];
}

function openPkcs11Signer(context: SignerContext<JsonObject>, parts: Pkcs11Parts): Signer {
  const { identity, generation = 1, options: raw } = context;
  const options = parsePkcs11Options(raw, signerPlace(context));
  const { store } = parts;
  const { algorithms } = options;
  const handle = keyHandle({ identity, generation });
  const token = tokenOf(options, parts, identity);
  const entry = (algorithm: SignatureAlgorithm): string => `${handle}.${algorithm.toLowerCase()}.pkcs11`;
  const pinEntry = `${handle}.pin.pkcs11`;

  const withPin = pinKeeper(options.pin?.from === "store" ? { store, name: pinEntry } : null, token);

  async function load(algorithm: SignatureAlgorithm): Promise<KeyRecord | null> {
    const sealed = algorithms.includes(algorithm) ? await store.load("keys", entry(algorithm)) : null;
    return sealed === null ? null : parseKeyRecord(sealed, algorithm, entry(algorithm));
  }

  /** A new key, under an id that is written down before: a run that is interrupted between goes on with the same. */
  async function generate(algorithm: SignatureAlgorithm, pin: Pin): Promise<TokenKey> {
    const id = (await load(algorithm))?.id ?? randomHex(16);
    await store.save("keys", entry(algorithm), encodeKeyRecord({ id, made: true, key: null }));
    return token.generate(algorithm, id, pin);
  }

  async function createKey(algorithm: SignatureAlgorithm): Promise<PublicKey> {
    if (!algorithms.includes(algorithm)) throw new Fault("ALGORITHM_UNSUPPORTED", `the token has no ${algorithm} keys`);
    const isThere = async (): Promise<boolean> => ((await load(algorithm))?.key ?? null) !== null;
    const wanted = { store, name: entry(algorithm), identity, algorithm, isThere };
    await requireNoKey(wanted);
    return withPin((pin) => createKeyBy(pin, wanted));
  }

  async function createKeyBy(pin: Pin, wanted: WantedKey): Promise<PublicKey> {
    const { name, algorithm } = wanted;
    return makeKeyOnce(wanted, async () => {
      const made = options.key === null;
      const found = options.key === null ? await generate(algorithm, pin) : await token.find(algorithm, options.key, pin);
      // A key that may not sign, or whose public half is another's, would be published and refused only later.
      await token.sign(found, randomBytes(32), pin);
      await store.save("keys", name, encodeKeyRecord({ id: found.id, made, key: found.key }));
      return found.key;
    });
  }

  async function destroyKeys(): Promise<readonly PublicKey[]> {
    const left: PublicKey[] = [];
    for (const algorithm of algorithms) {
      const record = await load(algorithm);
      if (record === null) continue;
      if (record.made) await withPin((pin) => token.destroy(algorithm, record.id, pin));
      else if (record.key !== null) left.push(record.key);
      await store.remove("keys", entry(algorithm));
    }
    await store.remove("keys", pinEntry);
    return left;
  }

  return {
    description: describe(options),
    algorithms,
    createKey,
    destroyKeys,
    prepare: () => token.prepare(),
    publicKeys: async () => (await Promise.all(algorithms.map(load))).flatMap((record) => record?.key ?? []),
    async signingKey(algorithm) {
      const { id = "", key = null } = (await load(algorithm)) ?? {};
      return key === null ? null : { ...key, sign: (message) => withPin((pin) => token.sign({ id, key }, message, pin)) };
    },
    // Its code is loaded when it is asked for: a signature does without.
    attestation: {
      request: async (algorithm) => {
        const { id = "", key = null } = (await load(algorithm)) ?? {};
        if (key === null) throw new Fault("KEY_ABSENT", `the identity ${identity} has no ${algorithm} key`);
        const { requestAttestation } = await import("./attestation.ts");
        return withPin((pin) => requestAttestation(token, { id, key }, pin));
      },
    },
  };
}

function describe({ module, selector, presence, residence }: Pkcs11Options): Signer["description"] {
  const { token: name } = selector;
  return {
    kind: "pkcs11",
    residence,
    presence,
    summary: `a key on the token${name === undefined ? "" : ` ${name}`}, by ${module}`,
  };
}
