/** Something that can be begun before it is needed. */
export interface HeadStart<T> {
  /** Begins it, unless it was begun. */
  begin(): void;
  /** What was begun, or one that is begun now; whoever takes it has it for itself. */
  take(): Promise<T>;
}

/** Longer than it takes from the wish for something to its use, unless a person is asked between. */
const UNUSED_SECONDS = 5;

/** Gives a head start to `make`. What nobody takes within a few seconds goes to `giveBack`, and so keeps nothing open. */
export function headStart<T>(make: () => Promise<T>, giveBack: (unused: T) => void): HeadStart<T> {
  let begun: { readonly made: Promise<T>; readonly timer: NodeJS.Timeout } | null = null;
  return {
    begin() {
      if (begun !== null) return;
      const made = make();
      // Whoever takes it gets its fault.
      made.catch(() => undefined);
      const timer = setTimeout(() => {
        begun = null;
        made.then(giveBack).catch(() => undefined);
      }, UNUSED_SECONDS * 1000);
      timer.unref();
      begun = { made, timer };
    },
    take() {
      if (begun === null) return make();
      const { made, timer } = begun;
      clearTimeout(timer);
      begun = null;
      return made;
    },
  };
}
