/**
 * Three-valued logic (Kleene's): what holds, what does not, and what this version cannot decide.
 *
 * `unknown` never becomes `yes` or `no` by itself; a conjunction with one sure `no` is `no` whatever the rest.
 */
export type Certainty = "yes" | "no" | "unknown";

export function not(value: Certainty): Certainty {
  return value === "unknown" ? "unknown" : value === "yes" ? "no" : "yes";
}

/** `yes` for an empty list. */
export function allOf(values: readonly Certainty[]): Certainty {
  if (values.includes("no")) return "no";
  return values.includes("unknown") ? "unknown" : "yes";
}

/** `no` for an empty list. */
export function anyOf(values: readonly Certainty[]): Certainty {
  if (values.includes("yes")) return "yes";
  return values.includes("unknown") ? "unknown" : "no";
}

/** What holds under every reading of something that AWS leaves open; `unknown` where the readings differ. */
export function agreed(readings: readonly Certainty[]): Certainty {
  const [first = "unknown"] = readings;
  return readings.every((reading) => reading === first) ? first : "unknown";
}

export function certain(holds: boolean): Certainty {
  return holds ? "yes" : "no";
}
