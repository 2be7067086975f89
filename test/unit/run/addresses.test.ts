import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { reachableAddresses } from "../../../src/run/addresses.ts";

function four(address: string, internal = false): NetworkInterfaceInfo {
  return { address, internal, family: "IPv4", netmask: "", mac: "", cidr: null };
}

function six(address: string, internal = false): NetworkInterfaceInfo {
  return { address, internal, family: "IPv6", netmask: "", mac: "", cidr: null, scopeid: 0 };
}

test("other hosts are told every address that may be good for them, those of IPv4 first", () => {
  expect(
    reachableAddresses({
      lo: [four("127.0.0.1", true), six("::1", true)],
      eth0: [six("2001:db8::7"), four("192.0.2.7"), six("fe80::1")],
      eth1: [four("198.51.100.7"), four("169.254.3.4"), four("192.0.2.7")],
      gone: undefined,
    }),
  ).toEqual(["192.0.2.7", "198.51.100.7", "2001:db8::7"]);
});

test("a machine without a network has none", () => {
  expect(reachableAddresses({ lo: [four("127.0.0.1", true)] })).toEqual([]);
});
