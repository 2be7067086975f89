import { expect, test } from "vitest";
import { Names } from "../../docs/page/names.ts";

function names(): Names {
  return new Names(
    [
      { real: "/tmp/ab/h", shown: "/home/you" },
      { real: "/tmp/ssh/home", shown: "/home/you" },
      { real: "/src/dist", shown: "/home/you/disbatch/dist" },
    ],
    { real: "vm", shown: "myhost" },
  );
}

test("folders and the host go by other names in pages", () => {
  const shown = "cd /home/you && /home/you/disbatch/dist/bin/disbatch -p a_myhost_b /home/you/Tasks on myhost.";
  const real = "cd /tmp/ab/h && /src/dist/bin/disbatch -p a_vm_b /tmp/ab/h/Tasks on vm.";
  expect(names().toReal(shown)).toBe(real);
  expect(names().toShown(real)).toBe(shown);
  expect(names().toShown("/tmp/ssh/home/.ssh/known_hosts:1")).toBe("/home/you/.ssh/known_hosts:1");
});

test("what only holds such a name is another", () => {
  for (const other of ["vms", "my-vm", "vm-2", "vm.net", "/tmp/ab/home", "x/tmp/ab/h"])
    expect(names().toShown(other)).toBe(other);
});

test("a run whose name was made up is known once a line has shown it", () => {
  const all = names();
  const [shown, real] = ["T_disBatch_261120101500_042", "T_disBatch_270101000000_001"];
  expect(all.toReal(`-r ${shown}_status.txt`)).toBe(`-r ${shown}_status.txt`);
  all.learn(`status file: /home/you/${shown}_status.txt`, `status file: /home/you/${real}_status.txt`);
  expect(all.toReal(`-r ${shown}_status.txt`)).toBe(`-r ${real}_status.txt`);
  expect(all.toShown(`${real}_status.txt`)).toBe(`${shown}_status.txt`);
});
