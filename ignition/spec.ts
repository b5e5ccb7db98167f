import { z } from "zod";
import { ignition } from "./spec/ignition.ts";
import { kernelArguments } from "./spec/kernel-arguments.ts";
import { passwd } from "./spec/passwd.ts";
import { storage } from "./spec/storage.ts";
import { systemd } from "./spec/systemd.ts";
import { withRules } from "./spec/report.ts";

/** Schema of an Ignition config of specification 3.4.0, with all rules of Ignition. */
export const configSchema = withRules(
  z.object({
    ignition,
    kernelArguments: kernelArguments.optional(),
    passwd: passwd.optional(),
    storage: storage.optional(),
    systemd: systemd.optional(),
  }),
  (config, report) => {
    const units = unitPaths(config);
    if (units.size === 0) return;
    for (const kind of ["files", "directories", "links"] as const) {
      config.storage?.[kind]?.forEach(({ path }, index) => {
        if (units.has(path))
          report.error(["storage", kind, index, "path"], `"${path}" is also written by systemd.units; give it once`);
      });
    }
  },
);

function unitPaths(config: { systemd?: z.infer<typeof systemd> }): Set<string> {
  const paths = new Set<string>();
  for (const { name, contents, dropins } of config.systemd?.units ?? []) {
    const path = `/etc/systemd/system/${name}`;
    if (contents) paths.add(path);
    for (const dropin of dropins ?? []) if (dropin.contents) paths.add(`${path}.d/${dropin.name}`);
  }
  return paths;
}

/** An Ignition config of specification 3.4.0. */
export type Config = z.infer<typeof configSchema>;

/** Result of a builder: a config without the section `ignition`. */
export type Fragment = Omit<Config, "ignition">;

export { specVersion } from "./spec/ignition.ts";
export type { Directory, File, Link } from "./spec/node.ts";
export type { PasswdGroup, PasswdUser } from "./spec/passwd.ts";
export type { Issue, Verdict } from "./spec/report.ts";
export type { Resource } from "./spec/resource.ts";
export type { Unit } from "./spec/systemd.ts";
