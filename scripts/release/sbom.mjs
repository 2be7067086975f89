// Makes the bill of materials: what the bundle and the executables are made of, in the format of CycloneDX.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bunLicence, installedBun } from "../build/bun-licences.mjs";
import { version } from "../build/paths.mjs";
import { command } from "./command.mjs";

/**
 * Writes it: what npm says of the packages that are bundled and of Bun, without what differs each time.
 *
 * @param packages that the bundle has parts of.
 * @param time of the release, in seconds since 1970.
 */
export async function writeBill(folder, packages, time) {
  const bill = JSON.parse(
    await command("npm", "sbom", "--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"),
  );
  delete bill.serialNumber;
  const inside = new Map(
    [...packages, { ...installedBun, license: bunLicence }].map((each) => [`${each.name}@${each.version}`, each]),
  );
  const own = `disbatch@${version}`;
  bill.metadata.timestamp = new Date(time * 1000).toISOString();
  // Named for this folder, and with what differs between versions of npm.
  Object.assign(bill.metadata.component, { name: "disbatch", properties: [] });
  for (const tool of bill.metadata.tools) delete tool.version;
  bill.components = bill.components
    .filter((component) => inside.has(component["bom-ref"]))
    .map((component) => describe(component, inside.get(component["bom-ref"])));
  bill.dependencies = bill.dependencies
    .filter(({ ref }) => ref === own || inside.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => inside.has(each)) }));
  const missing = [...inside.keys()].filter((ref) => !bill.components.some((each) => each["bom-ref"] === ref));
  if (missing.length > 0) throw new Error(`release: npm sbom does not know ${missing.join(", ")}`);
  writeFileSync(join(folder, `disbatch-${version}.cdx.json`), `${JSON.stringify(bill, null, 2)}\n`);
}

/** To npm these are tools of the developer, which is said in `properties`. Its lock file has no licence of old packages. */
function describe(component, { license }) {
  return { ...component, scope: "required", properties: [], licenses: [licenceOf(license)] };
}

/** The format has another word for more than one licence. */
function licenceOf(name) {
  return name.includes(" ") ? { expression: name } : { license: { id: name } };
}
