import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";

/*
 * TPM 2.0 Part 2 §6.6, TPM_RC. With bit 7 set (format one) the low six bits are the error, and the others say which handle,
 * parameter or session it is about; else the whole number is the code, and 0x900 and up are warnings.
 */

const FORMAT_ONE = 0x80;
const ABOUT_PARAMETER = 0x40;
const ABOUT_SESSION = 0x800;

interface Meaning {
  readonly code: FaultCode;
  /** The text after the colon. */
  readonly says: string;
  readonly hints: readonly string[];
}

const FULL: Meaning = {
  code: "SIGNER_BUSY",
  says: "its memory is taken by what other programs left in it",
  hints: [
    "use /dev/tpmrm0, which gives every program a space of its own, and not /dev/tpm0",
    "`tpm2_flushcontext --transient-object` and `--loaded-session` empty it",
  ],
};

const BUSY: Meaning = { code: "SIGNER_BUSY", says: "it is busy", hints: ["try again in a moment"] };

const FOREIGN: Meaning = {
  code: "KEY_ABSENT",
  says: "it did not make this key: the key is of another machine's TPM, or this TPM was cleared since",
  hints: ["a key does not move between machines: make an identity here, `brevet init NAME`"],
};

const WRONG_PIN: Meaning = { code: "PIN_WRONG", says: "the PIN is wrong", hints: ["a TPM locks itself after some wrong PINs"] };

const OWNED: Meaning = {
  code: "SIGNER_FAILED",
  says: "its owner has set a password, and brevet asks for none",
  hints: [
    "who has it can leave a storage root key for everybody: `tpm2_createprimary -C o -P … -G ecc -c root.ctx`, then `tpm2_evictcontrol -C o -P … -c root.ctx 0x81000001`",
  ],
};

const ROOT_GUARDED: Meaning = {
  code: "SIGNER_FAILED",
  says: "the storage root key at 0x81000001 has a password, and brevet asks for none",
  hints: ["ask who set this machine up"],
};

const CHANGED: Meaning = {
  code: "SIGNER_FAILED",
  says: "what reached it is not what was sent, or the key was not made by brevet",
  hints: ["see what is between: `device` in the signer's options"],
};

/** Whose authorisation a command gave: the meaning of a refusal depends on it. `pin`: of a key that has one. */
export type Authorizes = "pin" | "key" | "root" | "owner";

const BY_AUTHORIZATION: Readonly<Record<Authorizes, Meaning>> = {
  pin: WRONG_PIN,
  key: CHANGED,
  root: ROOT_GUARDED,
  owner: OWNED,
};

const WARNINGS: Readonly<Record<number, Meaning>> = {
  2306: FULL,
  2307: FULL,
  2308: FULL,
  2309: FULL,
  2310: FULL,
  2312: BUSY,
  2314: BUSY,
  2336: BUSY,
  2337: {
    code: "PIN_LOCKED",
    says: "it takes no PIN and no password for now, because too many were wrong",
    hints: [
      "wait: it forgives one after some minutes to hours, `tpm2_getcap properties-variable` shows how many",
      "who owns the TPM can reset it: `sudo tpm2_dictionarylockout --clear-lockout`",
    ],
  },
  2338: BUSY,
  2339: BUSY,
};

/** By the error of format one. */
const ERRORS: Readonly<Record<number, Meaning>> = {
  // INTEGRITY: a private part that was not wrapped by this parent
  31: FOREIGN,
};

/** Format zero errors of Part 2, Table 17 that a person can do something about. */
const FAILURES: Readonly<Record<number, Meaning>> = {
  256: {
    code: "SIGNER_BUSY",
    says: "nobody has started it",
    hints: ["the firmware does this at boot; for a simulator: `tpm2_startup --clear`"],
  },
  257: { code: "SIGNER_FAILED", says: "it is in failure mode", hints: ["switch the machine off and on"] },
  288: {
    code: "SIGNER_FAILED",
    says: "its storage hierarchy is switched off",
    hints: ["look for the TPM in the firmware's settings"],
  },
};

/** AUTH_FAIL, which counts towards the lockout, and BAD_AUTH, which does not. */
const ERRORS_OF_AUTHORIZATION = [14, 34];

/** HANDLE, format one: no such object. */
const ERROR_HANDLE = 11;
/** VALUE, format one: how some TPMs say it of a handle. */
const ERROR_VALUE = 4;

/** What a TPM said instead of doing what it was told. */
export class TpmRefusal extends Fault {
  /** The response code as it came. */
  readonly responseCode: number;
  /** Whether it says that there is no object with the handle that was given. */
  readonly handleUnknown: boolean;

  constructor(responseCode: number, doing: string, authorizes: Authorizes | null) {
    const { code, says, hints } = meaningOf(responseCode, authorizes);
    const number = `0x${responseCode.toString(16).padStart(3, "0")}`;
    super(code, `the TPM refused to ${doing}: ${says} (${number})`, { hints, details: { responseCode: number } });
    this.responseCode = responseCode;
    this.handleUnknown = isAboutHandle(responseCode) && [ERROR_HANDLE, ERROR_VALUE].includes(responseCode & 0x3f);
  }
}

function isAboutHandle(responseCode: number): boolean {
  return (responseCode & FORMAT_ONE) !== 0 && (responseCode & (ABOUT_PARAMETER | ABOUT_SESSION)) === 0;
}

function meaningOf(responseCode: number, authorizes: Authorizes | null): Meaning {
  const error = responseCode & 0x3f;
  const isFormatOne = (responseCode & FORMAT_ONE) !== 0;
  if (isFormatOne && authorizes !== null && ERRORS_OF_AUTHORIZATION.includes(error)) return BY_AUTHORIZATION[authorizes];
  const known = isFormatOne ? ERRORS[error] : (WARNINGS[responseCode] ?? FAILURES[responseCode]);
  const hints = [`what it means: \`tpm2_rc_decode 0x${responseCode.toString(16)}\``];
  return known ?? { code: "SIGNER_FAILED", says: "an error", hints };
}
