/**
 * Whether a name is what it looks like: one line with something to see. Control and direction characters could make it look like
 * another one, or forge a line of a log; half of a surrogate pair is no character, and every reader puts something else in its place.
 */
export function isOneVisibleLine(name: string): boolean {
  return /[^\p{Z}]/u.test(name) && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name);
}
