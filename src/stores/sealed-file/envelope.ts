import { joined, sameBytes, utf8 } from "../../core/bytes.ts";
import type { StoreArea } from "../../core/store.ts";
import { hkdf } from "../../platform/cipher/hkdf.ts";
import { runtimeCipher } from "../../platform/cipher/runtime-cipher.ts";
import { randomBytes } from "../../platform/random.ts";

/**
 * A sealed entry, version 1: AES-256-GCM under the key of its area.
 *
 *   "BRVT" ‖ version u8 ‖ key id 8 ‖ nonce 12 ‖ ciphertext ‖ tag 16
 *
 * The header, the area and the name are authenticated: an entry copied over another one does not open.
 * The key id tells a wrong key from a damaged entry; it says nothing about the key.
 *
 * @see NIST SP 800-38D; RFC 5869
 */
const MAGIC = utf8("BRVT");
const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HEADER_BYTES = MAGIC.length + 1 + KEY_ID_BYTES;

/** The size of the encoded form of a {@link SealingKey}. */
export const SEALING_KEY_BYTES = KEY_BYTES + KEY_ID_BYTES;

/** The key of one area: it opens no entry of another one. */
export interface SealingKey {
  readonly key: Uint8Array;
  readonly id: Uint8Array;
}

/** Which entry: what its seal is bound to. */
export interface EntryPlace {
  readonly area: StoreArea;
  readonly name: string;
}

/** What became of opening an entry. `other-key`: it is sealed, but by a key that we were not given; `version`: in a form that we do not know. */
export type Opened =
  | { readonly outcome: "opened"; readonly value: Uint8Array }
  | { readonly outcome: "other-key" }
  | { readonly outcome: "version" }
  | { readonly outcome: "damaged" };

/** The key of an area, from the 32-byte master key. */
export function areaKey(master: Uint8Array, area: StoreArea): SealingKey {
  return parseSealingKey(hkdf({ secret: master, salt: "", info: `brevet sealed-file 1 ${area}`, bytes: SEALING_KEY_BYTES }));
}

/** The key and its id, one after the other, as {@link parseSealingKey} reads them. */
export function encodeSealingKey(key: SealingKey): Uint8Array {
  return joined(key.key, key.id);
}

/** @throws {TypeError} if there are not {@link SEALING_KEY_BYTES} bytes. */
export function parseSealingKey(bytes: Uint8Array): SealingKey {
  if (bytes.length !== SEALING_KEY_BYTES) throw new TypeError(`a sealing key has ${SEALING_KEY_BYTES} bytes`);
  return { key: bytes.subarray(0, KEY_BYTES), id: bytes.subarray(KEY_BYTES) };
}

/** Seals a value for its place. */
export async function sealEntry(value: Uint8Array, key: SealingKey, place: EntryPlace): Promise<Uint8Array> {
  const header = joined(MAGIC, Uint8Array.of(VERSION), key.id);
  const nonce = randomBytes(NONCE_BYTES);
  const { seal } = await runtimeCipher();
  const sealed = await seal({ key: key.key, nonce, associated: associatedData(header, place), text: value });
  return joined(header, nonce, sealed);
}

/** Opens what {@link sealEntry} sealed for that place; any bytes may be given. */
export async function openEntry(bytes: Uint8Array, key: SealingKey, place: EntryPlace): Promise<Opened> {
  if (bytes.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES) return { outcome: "damaged" };
  const header = bytes.subarray(0, HEADER_BYTES);
  if (!sameBytes(header.subarray(0, MAGIC.length), MAGIC)) return { outcome: "damaged" };
  if (header[MAGIC.length] !== VERSION) return { outcome: "version" };
  if (!sameBytes(header.subarray(MAGIC.length + 1), key.id)) return { outcome: "other-key" };
  const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
  const { open } = await runtimeCipher();
  const text = bytes.subarray(HEADER_BYTES + NONCE_BYTES);
  const value = await open({ key: key.key, nonce, associated: associatedData(header, place), text });
  return value === null ? { outcome: "damaged" } : { outcome: "opened", value };
}

function associatedData(header: Uint8Array, place: EntryPlace): Uint8Array {
  return joined(header, utf8(`${place.area}\0${place.name}`));
}
