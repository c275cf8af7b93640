/** What `scripts/bench.ts` asks of `measure.ts`, which runs inside Bun: commands to time side by side. */
export interface Job {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that is emptied before each run, untimed. */
  readonly emptied?: string;
  /** A folder that is made as another one is before each run, untimed. */
  readonly restored?: { readonly folder: string; readonly from: string };
}

/** One command's runs: whole processes, from the call that starts them to their end. */
export interface Measured {
  readonly name: string;
  readonly medianMs: number;
  /** The fastest tenth ends here: what the machine's other work hardly touched. */
  readonly tenthMs: number;
  /** The median of the largest resident set. */
  readonly residentMb: number;
}
