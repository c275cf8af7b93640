/** What is repeated, and what takes a while, goes by it. */
export interface Tempo {
  /** Milliseconds since some moment; never goes back. */
  elapsedMs(): number;
  pause(milliseconds: number): Promise<void>;
  /** At least 0, below 1; nothing secret depends on it. */
  random(): number;
}
