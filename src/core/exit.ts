/** The program's exit statuses; they are few and never change their meaning. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  needsPerson: 3,
  unreachable: 4,
  refused: 5,
  signerAbsent: 6,
  /** As POSIX has it for programs that run others. @see POSIX.1-2024, `env`, EXIT STATUS */
  programUnusable: 126,
  programAbsent: 127,
  interrupted: 130,
} as const;

/** A name of {@link EXIT}. */
export type ExitName = keyof typeof EXIT;
