import { effectOf, objectOf, type Plan, type Step } from "./plan.ts";

/** How many unchanged lines are shown around a change. */
const CONTEXT = 3;

/** A line of a comparison: in both texts, or in one. */
interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** What changes inside of each step, as unified diffs; empty when nothing does. */
export function diffOfPlan(plan: Plan): string {
  return plan.steps.flatMap(diffOf).join("\n");
}

/** A plan for machines, with what each step comes to. */
export function planJson(plan: Plan): unknown {
  return { id: plan.id, title: plan.title, steps: plan.steps.map((step) => ({ ...step, effect: effectOf(step) })) };
}

/** The unified diff of a step's states, with what it is about in its first two lines; empty when nothing changes. */
function diffOf(step: Step): readonly string[] {
  if (effectOf(step) === "keep") return [];
  const name = (state: string | null): string => (state === null ? "/dev/null" : objectOf(step));
  return [`--- ${name(step.before)}`, `+++ ${name(step.after)}`, ...unifiedDiff(step.before ?? "", step.after ?? "")];
}

/** The hunks of a unified diff between two texts. @see POSIX.1-2024, diff, "Diff -u or -U Output Format" */
export function unifiedDiff(before: string, after: string): readonly string[] {
  const all = compare(linesOf(before), linesOf(after));
  const shown = all.map((_, index) =>
    all.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== " "),
  );
  const hunks: string[] = [];
  for (let start = shown.indexOf(true); start !== -1; ) {
    const gap = shown.indexOf(false, start);
    const end = gap === -1 ? all.length : gap;
    hunks.push(hunkHeader(all, start, end), ...all.slice(start, end).map(({ mark, text }) => mark + text));
    start = shown.indexOf(true, end);
  }
  return hunks;
}

function hunkHeader(all: readonly DiffLine[], start: number, end: number): string {
  const range = (mark: "-" | "+"): string => {
    const count = (from: number, to: number): number =>
      all.slice(from, to).filter((line) => line.mark === " " || line.mark === mark).length;
    const length = count(start, end);
    const first = count(0, start) + (length === 0 ? 0 : 1);
    return length === 1 ? `${first}` : `${first},${length}`;
  };
  return `@@ -${range("-")} +${range("+")} @@`;
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** What both begin and end with is set aside first: the comparison takes the product of the two lengths. */
function compare(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const same = (text: string): DiffLine => ({ mark: " ", text });
  return [
    ...before.slice(0, head).map(same),
    ...shortestWay(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** The shortest way from one list of lines to the other, by their longest common subsequence. */
function shortestWay(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = commonLengths(before, after);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const result: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      result.push({ mark: " ", text: before[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || at(i + 1, j) >= at(i, j + 1))) {
      result.push({ mark: "-", text: before[i] ?? "" });
      i += 1;
    } else {
      result.push({ mark: "+", text: after[j] ?? "" });
      j += 1;
    }
  }
  return result;
}

/** `[i][j]`: how many lines the rests from i and from j have in common, in order. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const lengths: number[][] = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const [row = [], below = []] = [lengths[i], lengths[i + 1]];
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
