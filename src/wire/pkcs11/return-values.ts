import type { FaultCode } from "../../core/fault-codes.ts";

/** What a return value of a module means for brevet. */
export interface ReturnMeaning {
  /** As pkcs11t.h has it, or the number in hexadecimal. */
  readonly name: string;
  readonly code: FaultCode;
  /** For the message, behind "the token": null where the name says all that there is. */
  readonly text: string | null;
  readonly hint: string | null;
}

type Row = readonly [value: number, name: string, code: FaultCode, text: string, hint?: string];

const LOCKED_HINT = "unlock it with the tool of the token's maker, by its PUK or SO PIN";

/** PKCS #11 v2.40, pkcs11t.h: those that a person can do something about. */
const MEANINGS: readonly Row[] = [
  [0x003, "CKR_SLOT_ID_INVALID", "SIGNER_ABSENT", "is not in its slot any more"],
  [0x030, "CKR_DEVICE_ERROR", "SIGNER_FAILED", "has a fault", "take it out, put it in again, and try once more"],
  [0x031, "CKR_DEVICE_MEMORY", "SIGNER_FAILED", "has no room for another key"],
  [0x032, "CKR_DEVICE_REMOVED", "SIGNER_ABSENT", "was taken out"],
  [0x050, "CKR_FUNCTION_CANCELED", "SIGNER_FAILED", "was not confirmed by a person"],
  [
    0x054,
    "CKR_FUNCTION_NOT_SUPPORTED",
    "SIGNER_FAILED",
    "cannot do that",
    "make the key with its maker's tool, and name it: `--signer-option key=LABEL`",
  ],
  [0x068, "CKR_KEY_FUNCTION_NOT_PERMITTED", "SIGNER_FAILED", "has a key that may not sign"],
  [0x0a0, "CKR_PIN_INCORRECT", "PIN_WRONG", "refused the PIN", "a token locks itself after some wrong PINs"],
  [0x0a1, "CKR_PIN_INVALID", "PIN_WRONG", "refused the PIN: it holds characters that no PIN of this token has"],
  [0x0a2, "CKR_PIN_LEN_RANGE", "PIN_WRONG", "refused the PIN: it is too short or too long"],
  [0x0a3, "CKR_PIN_EXPIRED", "PIN_LOCKED", "wants a new PIN", "change it with the tool of the token's maker"],
  [0x0a4, "CKR_PIN_LOCKED", "PIN_LOCKED", "takes no PIN any more: too many were wrong", LOCKED_HINT],
  [0x0b1, "CKR_SESSION_COUNT", "SIGNER_BUSY", "has no session left: other programs use it"],
  [0x0e0, "CKR_TOKEN_NOT_PRESENT", "SIGNER_ABSENT", "was taken out"],
  [0x0e1, "CKR_TOKEN_NOT_RECOGNIZED", "SIGNER_ABSENT", "is of a type that the module does not know"],
  [0x0e2, "CKR_TOKEN_WRITE_PROTECTED", "SIGNER_FAILED", "is write-protected"],
  [
    0x101,
    "CKR_USER_NOT_LOGGED_IN",
    "SIGNER_FAILED",
    "wants a login for that",
    "make the key with its maker's tool, and name it: `--signer-option key=LABEL`",
  ],
  [0x102, "CKR_USER_PIN_NOT_INITIALIZED", "SIGNER_FAILED", "has no PIN yet", "set one with the tool of the token's maker"],
];

/** The advice for a return value about which a person can do nothing but search for its name. */
const NAMES: Readonly<Record<number, string>> = {
  2: "CKR_HOST_MEMORY",
  5: "CKR_GENERAL_ERROR",
  6: "CKR_FUNCTION_FAILED",
  7: "CKR_ARGUMENTS_BAD",
  18: "CKR_ATTRIBUTE_TYPE_INVALID",
  96: "CKR_KEY_HANDLE_INVALID",
  99: "CKR_KEY_TYPE_INCONSISTENT",
  112: "CKR_MECHANISM_INVALID",
  113: "CKR_MECHANISM_PARAM_INVALID",
  176: "CKR_SESSION_CLOSED",
  179: "CKR_SESSION_HANDLE_INVALID",
  181: "CKR_SESSION_READ_ONLY",
  208: "CKR_TEMPLATE_INCOMPLETE",
  209: "CKR_TEMPLATE_INCONSISTENT",
  400: "CKR_CRYPTOKI_NOT_INITIALIZED",
};

/** By these a slot says that its token cannot be asked; they say nothing of what the token could do. */
const OF_THE_DEVICE: ReadonlySet<number> = new Set([0x003, 0x030, 0x032, 0x0e0, 0x0e1]);

/** Whether a return value says that the token could not be asked at all. */
export function isOfDevice(value: number): boolean {
  return OF_THE_DEVICE.has(value);
}

/** What a return value other than CKR_OK means. */
export function meaningOf(value: number): ReturnMeaning {
  const row = MEANINGS.find(([known]) => known === value);
  if (row !== undefined) {
    const [, name, code, text, hint = null] = row;
    return { name, code, text, hint };
  }
  return { name: NAMES[value] ?? `0x${value.toString(16)}`, code: "SIGNER_FAILED", text: null, hint: null };
}
