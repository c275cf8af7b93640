import { Fault } from "../../core/fault.ts";
import { CKF_SESSION, CKF_TOKEN, CKU } from "../../wire/pkcs11/constants.ts";
import {
  attributeLengths,
  type CkAttribute,
  decodeHandle,
  decodeTokenInfo,
  decodeUlong,
  encodeAttributes,
  encodeUlong,
  TOKEN_INFO_BYTES,
  type TokenInfo,
} from "../../wire/pkcs11/layout.ts";
import type { TokenSelector } from "../../wire/pkcs11/uri.ts";
import type { Cryptoki } from "./cryptoki.ts";

/** A token in its slot. */
export interface FoundToken {
  readonly slot: bigint;
  readonly info: TokenInfo;
}

/** More slots than this are not looked at. */
const MAX_SLOTS = 256;

/** The one token that the selector means. @throws {Fault} `SIGNER_ABSENT` when there is none; `USAGE_INVALID` for several. */
export function findToken(cryptoki: Cryptoki, selector: TokenSelector): FoundToken {
  const { layout } = cryptoki;
  const count = encodeUlong(layout, MAX_SLOTS);
  const slots = Buffer.alloc(MAX_SLOTS * layout.ulongBytes);
  cryptoki.call("C_GetSlotList", 1, slots, count);
  const tokens: FoundToken[] = [];
  let unasked: Fault | null = null;
  for (let index = 0; index < Math.min(decodeUlong(layout, count), MAX_SLOTS); index++) {
    const slot = decodeHandle(layout, slots, index);
    const bytes = Buffer.alloc(TOKEN_INFO_BYTES);
    const value = cryptoki.callForValue("C_GetTokenInfo", slot, bytes);
    const info = decodeTokenInfo(layout, bytes);
    if (value !== 0) unasked ??= cryptoki.faultOf("C_GetTokenInfo", value);
    else if (info.label !== "") tokens.push({ slot, info });
  }
  const labels = tokens.map(({ info }) => info.label);
  const [first, ...others] = tokens.filter((found) => isMeant(found, selector));
  if (first === undefined) {
    // A token that cannot be asked must not hinder another one, but may be the one that is meant.
    if (unasked !== null) throw unasked;
    const there = labels.length === 0 ? "there is none at all" : `only ${labels.join(", ")} ${labels.length > 1 ? "are" : "is"}`;
    const isAny = Object.keys(selector).length === 0;
    throw new Fault("SIGNER_ABSENT", isAny ? "no token is there" : `the token ${nameOf(selector)} is not there: ${there}`, {
      hints: ["is it plugged in? `--signer-option token=LABEL` chooses one"],
    });
  }
  if (others.length > 0) {
    throw new Fault("USAGE_INVALID", `several tokens are there: ${labels.join(", ")}`, {
      hints: ["choose one: `--signer-option token=LABEL`, or a URI with its serial: `token=pkcs11:serial=…`"],
    });
  }
  return first;
}

function isMeant({ slot, info }: FoundToken, selector: TokenSelector): boolean {
  const { token = info.label, manufacturer = info.manufacturer, model = info.model } = selector;
  const { serial = info.serial, slotId } = selector;
  return (
    token === info.label &&
    manufacturer === info.manufacturer &&
    model === info.model &&
    serial === info.serial &&
    (slotId === undefined || BigInt(slotId) === slot)
  );
}

function nameOf(selector: TokenSelector): string {
  const { token = "", ...others } = selector;
  const rest = Object.entries(others).map(([name, value]) => `${name} ${value}`);
  return [token, rest.length === 0 ? "" : `(${rest.join(", ")})`].filter((part) => part !== "").join(" ");
}

/** A session with a token. */
export interface TokenSession {
  readonly cryptoki: Cryptoki;
  readonly slot: bigint;
  readonly handle: bigint;
  /** Objects whose attributes are those. */
  find(attributes: readonly CkAttribute[]): readonly bigint[];
  /** The values of attributes; null for one that the object does not have or does not give. */
  read(object: bigint, types: readonly number[]): readonly (Buffer | null)[];
}

/** How the person proves to be there. */
export interface LoginWish {
  readonly pin: string | null;
  /** Whether a person typed the PIN just now, or it comes from a file that will say the same the next time. */
  readonly unattended: boolean;
}

/**
 * Opens a session and logs in, if the token wants that.
 *
 * @throws {Fault} `PIN_WRONG`, `PIN_LOCKED`; `PERSON_ABSENT` when a PIN is needed and none was given.
 */
export function openSession(
  cryptoki: Cryptoki,
  { slot, info }: FoundToken,
  login: LoginWish,
  access: "read" | "write",
): TokenSession {
  const { layout } = cryptoki;
  const flags = CKF_SESSION.serial | (access === "write" ? CKF_SESSION.rw : 0);
  const out = Buffer.alloc(8);
  cryptoki.call("C_OpenSession", slot, flags, null, null, out);
  const handle = decodeHandle(layout, out);
  if ((info.flags & CKF_TOKEN.loginRequired) !== 0) logIn(cryptoki, handle, info, login);
  return {
    cryptoki,
    slot,
    handle,
    find: (attributes) => findObjects(cryptoki, handle, attributes),
    read: (object, types) => readAttributes(cryptoki, handle, object, types),
  };
}

function logIn(cryptoki: Cryptoki, handle: bigint, info: TokenInfo, { pin, unattended }: LoginWish): void {
  if ((info.flags & CKF_TOKEN.userPinLocked) !== 0) {
    throw new Fault("PIN_LOCKED", `the token ${info.label} takes no PIN any more: too many were wrong`, {
      hints: ["unlock it with the tool of the token's maker, by its PUK or SO PIN"],
    });
  }
  // A file with a wrong PIN would lock the token within a few calls.
  if (unattended && (info.flags & CKF_TOKEN.userPinFinalTry) !== 0) {
    throw new Fault("PIN_WRONG", `the token ${info.label} takes one more PIN, and that is not tried without a person`, {
      hints: ["log in by hand once, for example with `pkcs11-tool --login --list-objects`"],
    });
  }
  const hasPinPad = (info.flags & CKF_TOKEN.protectedAuthenticationPath) !== 0;
  if (pin === null && !hasPinPad) {
    throw new Fault("PERSON_ABSENT", `the token ${info.label} wants a PIN`, {
      hints: ["`pin` of this signer in the config says where it comes from: ask, or fd:N"],
    });
  }
  const bytes = pin === null ? null : Buffer.from(pin, "utf8");
  try {
    cryptoki.call("C_Login", handle, CKU.user, bytes, bytes?.length ?? 0);
  } finally {
    bytes?.fill(0);
  }
}

function findObjects(cryptoki: Cryptoki, handle: bigint, attributes: readonly CkAttribute[]): readonly bigint[] {
  const { layout } = cryptoki;
  const template = encodeAttributes(layout, attributes, cryptoki.address);
  cryptoki.call("C_FindObjectsInit", handle, template, attributes.length);
  const objects: bigint[] = [];
  const [found, count] = [Buffer.alloc(16 * layout.ulongBytes), Buffer.alloc(8)];
  for (;;) {
    cryptoki.call("C_FindObjects", handle, found, 16, count);
    const length = Math.min(decodeUlong(layout, count), 16);
    for (let index = 0; index < length; index++) objects.push(decodeHandle(layout, found, index));
    if (length === 0 || objects.length > MAX_SLOTS) break;
  }
  cryptoki.call("C_FindObjectsFinal", handle);
  return objects;
}

/** Longer than any attribute that is asked for: an RSA-8192 modulus has 1 kB, a certificate rarely 4. */
const MAX_ATTRIBUTE_BYTES = 64 * 1024;

function readAttributes(
  cryptoki: Cryptoki,
  handle: bigint,
  object: bigint,
  types: readonly number[],
): readonly (Buffer | null)[] {
  const { layout } = cryptoki;
  // One by one: CKR_ATTRIBUTE_TYPE_INVALID for one of several leaves open which of the others were given.
  return types.map((type) => {
    const asked = encodeAttributes(layout, [{ type, value: null }], cryptoki.address);
    if (cryptoki.callForValue("C_GetAttributeValue", handle, object, asked, 1) !== 0) return null;
    const [length = -1] = attributeLengths(layout, asked);
    if (length < 0 || length > MAX_ATTRIBUTE_BYTES) return null;
    if (length === 0) return Buffer.alloc(0);
    const value = Buffer.alloc(length);
    const filled = encodeAttributes(layout, [{ type, value }], cryptoki.address);
    if (cryptoki.callForValue("C_GetAttributeValue", handle, object, filled, 1) !== 0) return null;
    return value.subarray(0, Math.max(0, attributeLengths(layout, filled)[0] ?? 0));
  });
}
