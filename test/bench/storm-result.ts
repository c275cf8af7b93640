/** What became of many processes that wanted the same credentials at the same moment. */
export interface Storm {
  readonly processes: number;
  readonly failed: number;
  readonly distinctKeys: number;
  /** From the start of the first to the end of the last. */
  readonly lastMs: number;
}
