import { GUARD_NAMES } from "../../wire/brevet-config/config.ts";

/** The flag of the commands that may make the store. */
export const STORE_FLAG = {
  kind: "text",
  value: "GUARD",
  choices: GUARD_NAMES,
  doc: "what guards the key of the store; default: the keychain. tpm: this machine alone can open it. A file is weaker",
} as const;
