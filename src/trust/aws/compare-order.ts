import { agreed, type Certainty, certain } from "./certainty.ts";
import type { Operator } from "./operators.ts";

type Order = NonNullable<Operator["order"]>;

/**
 * Compares two numbers, integers of any size exactly. `unknown` when one of them is not a decimal number.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators, Conditions_Numeric
 */
export function compareNumbers(order: Order, wanted: string, saw: string): Certainty {
  const decimal = /^[+-]?\d+(\.\d+)?$/;
  if (!decimal.test(wanted) || !decimal.test(saw)) return "unknown";
  const [left, right] = [scaled(saw), scaled(wanted)];
  const digits = Math.max(left.digits, right.digits);
  const [a, b] = [left.value * 10n ** BigInt(digits - left.digits), right.value * 10n ** BigInt(digits - right.digits)];
  return certain(holds(order, a < b ? -1 : a > b ? 1 : 0));
}

function scaled(text: string): { readonly value: bigint; readonly digits: number } {
  const [whole = "", fraction = ""] = text.replace(/^\+/, "").split(".");
  return { value: BigInt(whole + fraction), digits: fraction.length };
}

/**
 * Compares two instants, each in a form of ISO 8601 that W3C's note allows or in seconds since 1970. `unknown` when one of
 * them is neither, or is four digits and so may be a year or seconds, with different outcomes.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators, Conditions_Date; W3C NOTE-datetime
 */
export function compareDates(order: Order, wanted: string, saw: string): Certainty {
  const [left, right] = [instants(saw), instants(wanted)];
  if (left.length === 0 || right.length === 0) return "unknown";
  return agreed(left.flatMap((a) => right.map((b) => certain(holds(order, a - b)))));
}

const W3C = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;

/** The instants that a text may mean, in milliseconds since 1970. */
function instants(text: string): readonly number[] {
  const readings: number[] = [];
  if (/^\d{1,12}$/.test(text)) readings.push(Number(text) * 1000);
  const [, year, month = "01", day = "01"] = W3C.exec(text) ?? [];
  if (year === undefined) return readings;
  // Date.parse takes 30 February for 2 March.
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const instant = Date.parse(text);
  if (midnight.getUTCDate() === Number(day) && !Number.isNaN(instant)) readings.push(instant);
  return readings;
}

function holds(order: Order, sign: number): boolean {
  switch (order) {
    case "equal":
      return sign === 0;
    case "less":
      return sign < 0;
    case "less-or-equal":
      return sign <= 0;
    case "greater":
      return sign > 0;
    case "greater-or-equal":
      return sign >= 0;
  }
}
