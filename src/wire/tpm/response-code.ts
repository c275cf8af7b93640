import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";

/*
 * TPM 2.0 Part 2 §6.6, TPM_RC. With bit 7 set (format one) the low six bits are the error, and the others say which handle,
 * parameter or session it is about; else the number stands for itself, and 0x900 and up are warnings.
 */

const FORMAT_ONE = 0x80;
const ABOUT_PARAMETER = 0x40;
const ABOUT_SESSION = 0x800;

interface Meaning {
  readonly code: FaultCode;
  /** What stands behind the colon. */
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
    says: "it takes no PIN for now, because too many were wrong",
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
  // AUTH_FAIL, which counts towards the lockout, and BAD_AUTH, which does not
  14: WRONG_PIN,
  34: WRONG_PIN,
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

/** HANDLE, format one: no such object. */
const ERROR_HANDLE = 11;
/** VALUE, format one: so some TPMs say it of a handle. */
const ERROR_VALUE = 4;

/** What a TPM said instead of doing what it was told. */
export class TpmRefusal extends Fault {
  /** The response code as it came. */
  readonly responseCode: number;
  /** Whether it says that there is no object with the handle that was given. */
  readonly handleUnknown: boolean;

  constructor(responseCode: number, doing: string) {
    const { code, says, hints } = meaningOf(responseCode);
    const number = `0x${responseCode.toString(16).padStart(3, "0")}`;
    super(code, `the TPM refused to ${doing}: ${says} (${number})`, { hints, details: { responseCode: number } });
    this.responseCode = responseCode;
    this.handleUnknown = isAboutHandle(responseCode) && [ERROR_HANDLE, ERROR_VALUE].includes(responseCode & 0x3f);
  }
}

function isAboutHandle(responseCode: number): boolean {
  return (responseCode & FORMAT_ONE) !== 0 && (responseCode & (ABOUT_PARAMETER | ABOUT_SESSION)) === 0;
}

function meaningOf(responseCode: number): Meaning {
  const known =
    (responseCode & FORMAT_ONE) === 0 ? (WARNINGS[responseCode] ?? FAILURES[responseCode]) : ERRORS[responseCode & 0x3f];
  return (
    known ?? {
      code: "SIGNER_FAILED",
      says: "an error",
      hints: [`what it means: \`tpm2_rc_decode 0x${responseCode.toString(16)}\``],
    }
  );
}
