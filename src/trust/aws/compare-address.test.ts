import assert from "node:assert/strict";
import { BlockList, isIP, isIPv4 } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { compareAddress } from "./compare-address.ts";

/** Node's own answer. */
function contains(base: string, bits: number, address: string): boolean {
  const list = new BlockList();
  list.addSubnet(base, bits, isIPv4(base) ? "ipv4" : "ipv6");
  return list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

const mapped = (address: string): boolean => contains("::ffff:0:0", 96, address);

test("an IPv4 range holds what Node says it holds", () => {
  const near = fc
    .tuple(fc.ipV4(), fc.nat(32), fc.nat(255))
    .map(([base, bits, last]) => [base, bits, base.replace(/\d+$/, String(last))] as const);
  const any = fc.tuple(fc.ipV4(), fc.nat(32), fc.ipV4());
  fc.assert(
    fc.property(fc.oneof(near, any), ([base, bits, address]) => {
      assert.equal(compareAddress(`${base}/${bits}`, address), contains(base, bits, address) ? "yes" : "no");
    }),
    { numRuns: 1000 },
  );
});

test("an IPv6 range holds what Node says it holds, however the addresses are written", () => {
  const group = fc.constantFrom("0", "1", "ffff", "00a0", "A");
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  const written = fc.tuple(groups, fc.nat(7), fc.nat(7)).map(([list, from, length]) => compress(list, from, length));
  fc.assert(
    fc.property(fc.oneof(written, fc.ipV6()), fc.nat(128), fc.oneof(written, fc.ipV6()), (base, bits, address) => {
      fc.pre(isIP(base) === 6 && isIP(address) === 6 && !mapped(base) && !mapped(address));
      assert.equal(compareAddress(`${base}/${bits}`, address), contains(base, bits, address) ? "yes" : "no");
    }),
    { numRuns: 2000 },
  );
});

/** Groups from a place on become `::`; the text is another address, and one that is written short. */
function compress(groups: readonly string[], from: number, length: number): string {
  return length === 0 ? groups.join(":") : `${groups.slice(0, from).join(":")}::${groups.slice(from + length).join(":")}`;
}

test("what is no address for Node is unknown here", () => {
  const characters = fc.string({ unit: fc.constantFrom("0", "1", "25", "f", ":", "::", ".", "g", " "), maxLength: 12 });
  fc.assert(
    fc.property(characters, (text) => {
      fc.pre(isIP(text) === 0);
      assert.equal(compareAddress("0.0.0.0/0", text), "unknown");
      assert.equal(compareAddress(`${text}/8`, "10.0.0.1"), "unknown");
    }),
    { numRuns: 2000 },
  );
});

for (const [range, address, holds] of [
  ["2001:db8::/32", "2001:db8::1", "yes"],
  ["::ffff:0:0/96", "203.0.113.7", "unknown"],
  ["203.0.113.0/24", "::ffff:203.0.113.7", "unknown"],
  ["::/0", "203.0.113.7", "no"],
  ["::ff00:0:0/96", "203.0.113.7", "no"],
  ["::/96", "::10.0.0.1", "yes"],
  ["1:2:3:4:5:6:7:8:9/0", "1::", "unknown"],
  ["1::2::3/0", "1::", "unknown"],
  ["10.0.0.0::/8", "10.1.2.3", "unknown"],
  ["10.0.0.0/08", "10.1.2.3", "yes"],
  ["10.0.0.0/", "10.1.2.3", "unknown"],
  ["10.0.0.0/-1", "10.1.2.3", "unknown"],
  ["10.0.0.0/8/8", "10.1.2.3", "unknown"],
  ["010.0.0.0/8", "10.1.2.3", "unknown"],
] as const) {
  test(`${address} in ${range}: ${holds}`, () => assert.equal(compareAddress(range, address), holds));
}
