/** The flag of the commands that write or print what the AWS tools run. */
export const PROGRAM_FLAG = {
  kind: "text",
  value: "FILE",
  doc: "the brevet that AWS tools run; default: the one that runs now",
} as const;
