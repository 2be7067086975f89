import { chmodSync } from "node:fs";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/**
 * A folder with a task file, two runs and another folder, and a home with settings of ssh, for the running test. Where `evaluated` appears
 * in it, something has been run that should not have been, such as `ssh`.
 */
export function openCompletionFolder(): Workspace {
  const workspace = openWorkspace();
  for (const name of ["Tasks", "statistics", "run_dbUtil.sh", "run_status.txt", "my run_status.txt"]) {
    workspace.write(name, "");
  }
  workspace.write("results/third_status.txt", "");
  workspace.write("../bin/ssh", "#!/bin/bash\ntouch evaluated\n");
  chmodSync(workspace.path("../bin/ssh"), 0o755);
  workspace.write(
    "../.ssh/config",
    [
      "Host web1 web2 *.example.org !web3 # web4",
      "  HostName 192.0.2.1",
      "host=otherhost",
      "Host $(touch${IFS}evaluated) `touch${IFS}evaluated`",
      "Match host web5",
      "Include more/*.conf ~/absent",
      'Include "~/mine"',
      // Itself, by several names; names with which some shells run commands; and what is no pattern.
      "Include config ~/.ssh/config more/../config",
      "Include /*(#qe:>evaluated:) ~/mine(e:>evaluated:) more/*(+evaluated) $(>evaluated) more/a]",
      "Include more/[ab ~/[ more/*.co[mn]f",
      "Host afterwards",
      "",
    ].join("\n"),
  );
  workspace.write("../.ssh/more/a.conf", 'Host "quoted"\r\nInclude config\r\n');
  workspace.write("../.ssh/more/b", "Host unseen\n");
  workspace.write("../.ssh/more/]$(touch evaluated),`touch evaluated`.conf", "Host unusual\n");
  workspace.write("../mine", "HOST last");
  return workspace;
}

/** The hosts that those settings name, and this machine. */
export const HOSTS = ["afterwards", "last", "localhost", "otherhost", "quoted", "unusual", "web1", "web2"];
