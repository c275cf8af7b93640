const AT_MOST = 10;

/** Names in a row, for a message: the first ten, and how many more there are. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, AT_MOST).join(", ");
  return all.length > AT_MOST ? `${shown} and ${all.length - AT_MOST} more` : shown;
}
