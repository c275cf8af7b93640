import { agreed, type Certainty, certain } from "./certainty.ts";

/**
 * Whether an address is within a CIDR range of IPv4 or IPv6. Without a prefix length AWS takes `/32`, also for IPv6, where
 * one address is meant by everybody: the answer is then `unknown` unless both readings give the same.
 *
 * @see IAM User Guide, reference_policies_elements_condition_operators, Conditions_IPAddress
 */
export function compareAddress(range: string, address: string): Certainty {
  const saw = parseAddress(address);
  const [base = "", length, ...others] = range.split("/");
  const wanted = parseAddress(base);
  if (saw === null || wanted === null || others.length > 0) return "unknown";
  const width = wanted.length * 8;
  if (length === undefined) {
    const readings = width === 32 ? [32] : [32, 128];
    return agreed(readings.map((bits) => within(wanted, bits, saw)));
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return "unknown";
  return within(wanted, Number(length), saw);
}

function within(wanted: readonly number[], bits: number, saw: readonly number[]): Certainty {
  // An IPv4 address written as IPv6 (::ffff:203.0.113.7): AWS does not say.
  if (wanted.length !== saw.length) return isMapped(wanted) || isMapped(saw) ? "unknown" : "no";
  const whole = Math.floor(bits / 8);
  for (let at = 0; at < whole; at++) if (wanted[at] !== saw[at]) return "no";
  const mask = 0xff & (0xff << (8 - (bits % 8)));
  return certain(((wanted[whole] ?? 0) & mask) === ((saw[whole] ?? 0) & mask));
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** The 4 or 16 bytes of an address; null if it is none (RFC 4291 §2.2). */
function parseAddress(text: string): readonly number[] | null {
  if (!text.includes(":")) return parseIpv4(text);
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const parsed = halves.map((half, at) => (half === "" ? [] : parseGroups(half.split(":"), at === halves.length - 1)));
  const [head, tail] = parsed;
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** @param isEnd whether the address ends with them: an IPv4 address may be only there. */
function parseGroups(groups: readonly string[], isEnd: boolean): readonly number[] | null {
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const embedded = isEnd && index === groups.length - 1 && group.includes(".") ? parseIpv4(group) : null;
    if (embedded !== null) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes.length > 16 ? null : bytes;
}

function parseIpv4(text: string): readonly number[] | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.map(Number);
}
