/** A number of things, in English: `1 session`, `2 sessions`. @param noun one whose plural ends in s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
