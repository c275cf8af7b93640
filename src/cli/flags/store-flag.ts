/** The flag of the commands that may make the store. */
export const STORE_FLAG = {
  kind: "text",
  value: "GUARD",
  choices: ["keychain", "tpm", "file"],
  doc: "what guards the key of the store; default: the keychain. tpm: this machine alone can open it. A file is weaker",
} as const;
