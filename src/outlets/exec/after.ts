/** Calls back once after so many milliseconds; the result calls it off. */
export type After = (milliseconds: number, work: () => void) => () => void;

export const afterTimeout: After = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
};
