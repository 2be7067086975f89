import { expect, test } from "vitest";
import { networkOf, plainAddress } from "../../../src/wire/network-of.ts";

test("an IPv4 address stands for itself, however a listener shows it", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("::FFFF:192.0.2.7")).toBe("192.0.2.7");
  expect(plainAddress("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(plainAddress("::ffff:1")).toBe("::ffff:1");
});

test("addresses that one host may give itself are of one network", () => {
  const network = networkOf("2001:db8:0:7::1");
  expect(network).toBe("2001:db8:0:7");
  expect(networkOf("2001:db8:0:7:aaaa:bbbb:cccc:dddd")).toBe(network);
  expect(networkOf("2001:db8:0:8::1")).not.toBe(network);
});

test.each([
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["2001:db8::", "2001:db8:0:0"],
  ["2001:db8::1:2:3:4:5", "2001:db8:0:1"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["", ""],
])("of %j it is %j", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
