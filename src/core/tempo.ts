/** The time by which repetitions and deadlines go. Tests hand in their own. */
export interface Tempo {
  /** Milliseconds since an arbitrary moment; never goes back. */
  elapsedMs(): number;
  pause(milliseconds: number): Promise<void>;
  /** At least 0, below 1; nothing secret depends on it. */
  random(): number;
}
