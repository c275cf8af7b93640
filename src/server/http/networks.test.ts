import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clientAddress } from "./client-address.ts";
import { countedAs, networkList, plainAddress } from "./networks.ts";
import { isPublicAddress } from "./public-addresses.ts";

describe("an address", () => {
  for (const [said, plain] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["2001:db8::1", "2001:db8::1"],
    ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["unknown", "unknown"],
  ] as const) {
    test(`is known by itself: ${said}`, () => assert.equal(plainAddress(said), plain));
  }

  for (const inside of [
    "127.0.0.1",
    "::1",
    "::",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
    "fd00::1",
    "169.254.169.254",
    "::7f00:1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
  ]) {
    test(`of a network that is not the public one is not public: ${inside}`, () =>
      assert.equal(isPublicAddress(plainAddress(inside)), false));
  }

  test("that everybody can reach is public", () => {
    assert.equal(isPublicAddress("8.8.8.8"), true);
    assert.equal(isPublicAddress("2606:4700::1111"), true);
  });

  test("is in the network that holds it, and what is no address is in none", () => {
    const list = networkList(["10.0.0.0/8", "fe80::/10", "192.0.2.7"]);
    assert.deepEqual(["10.2.3.4", "fe80::2", "192.0.2.7"].map(list), [true, true, true]);
    assert.deepEqual(["11.0.0.1", "2001:db8::1", "192.0.2.8", "unknown", ""].map(list), [false, false, false, false, false]);
  });

  for (const [address, counted] of [
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::6", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ] as const) {
    test(`is counted as its network where one machine has the whole of it: ${address}`, () =>
      assert.equal(countedAs(address), counted));
  }
});

describe("the address of a client", () => {
  const of = clientAddress(["10.0.0.0/8", "fe80::/10"]);

  test("is the peer's where nothing was forwarded", () => assert.equal(of("203.0.113.9", undefined), "203.0.113.9"));
  test("is the peer's, whatever it says, where the peer is no proxy of ours", () =>
    assert.equal(of("203.0.113.9", "198.51.100.1"), "203.0.113.9"));
  test("is what the nearest proxy saw, not what a client wrote before it", () =>
    assert.equal(of("10.0.0.1", "1.1.1.1, 198.51.100.1"), "198.51.100.1"));
  test("is found behind two proxies", () => assert.equal(of("10.0.0.1", "198.51.100.1, 10.0.0.2"), "198.51.100.1"));
  test("is found behind a proxy on the same link", () => assert.equal(of("fe80::2%eth0", "198.51.100.1"), "198.51.100.1"));
  test("is in no network where a proxy on this machine was not named", () => {
    assert.equal(of("127.0.0.1", "198.51.100.1"), "unknown");
    assert.equal(of("::1", "127.0.0.1"), "unknown");
    assert.equal(of("127.0.0.1", undefined), "127.0.0.1");
  });
  for (const [said, meant] of [
    ["198.51.100.1:4711", "198.51.100.1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ["[2001:DB8:0::1]", "2001:db8::1"],
    ["198.51.100.1:4711, 10.0.0.2:80", "198.51.100.1"],
  ] as const)
    test(`is known with its port: ${said}`, () => assert.equal(of("10.0.0.1", said), meant));
  for (const said of ["unknown", "", "198.51.100.1, _hidden", "10.0.0.1:x", "[10.0.0.1"])
    test(`is in no network where a proxy names none: "${said}"`, () => {
      assert.equal(of("10.0.0.1", said), "unknown");
      assert.equal(networkList(["0.0.0.0/0", "::/0"])(of("10.0.0.1", said)), false);
    });
});
