/**
 * The known word that is nearest to what was typed, for "did you mean"; null when none is near.
 *
 * Near is at most a third of the word changed, at least one letter of two; two neighbours swapped are one change (optimal string alignment).
 * Where nothing is near, it is the only word that goes on from what was typed (`role`, `roleArn`), if that has three letters.
 */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(word.length > 1 ? 1 : 0, Math.floor(word.length / 3)) + 1;
  const candidates = [...known];
  for (const candidate of candidates) {
    // The difference in length is the least that can be wrong: a whole page typed instead of a word is not compared.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance([...word.toLowerCase()], [...candidate.toLowerCase()]);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return (
    best ?? only(candidates.filter((candidate) => word.length >= 3 && candidate.toLowerCase().startsWith(word.toLowerCase())))
  );
}

/**
 * The same for flags and commands, whose names other tools make longer (`--role-arn`, `setup aws-profile`): where nothing is near, also the
 * only one that what was typed goes on from after a dash. A value is not shortened: `aws-gov` is not `aws`.
 */
export function nearestOrShorter(word: string, known: readonly string[]): string | null {
  return nearest(word, known) ?? only(known.filter((candidate) => word.toLowerCase().startsWith(`${candidate.toLowerCase()}-`)));
}

function only(words: readonly string[]): string | null {
  return words.length === 1 ? (words[0] ?? null) : null;
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let beforePrevious: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, left] of a.entries()) {
    const current = [row + 1];
    for (const [column, right] of b.entries()) {
      const substituted = (previous[column] ?? 0) + (left === right ? 0 : 1);
      const swapped =
        row > 0 && column > 0 && left === b[column - 1] && right === a[row - 1]
          ? (beforePrevious[column - 1] ?? 0) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(substituted, swapped, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
