import { z } from "zod";
import { extension } from "./paths.ts";
import { shown, withRules } from "./report.ts";
import { parseUnitFile } from "./unit-file.ts";

const unitTypes = [
  "service",
  "socket",
  "device",
  "mount",
  "automount",
  "swap",
  "target",
  "path",
  "timer",
  "snapshot",
  "slice",
  "scope",
];

const dropin = withRules(
  z.object({
    /** File name, `<something>.conf`. */
    name: z.string(),
    contents: z.string().optional(),
  }),
  ({ name, contents }, report) => {
    const { problem } = parseUnitFile(contents ?? "");
    if (problem) report.error(["contents"], problem);
    if (extension(name) !== ".conf")
      report.error(["name"], `${shown(name)} is not the name of a drop-in; it ends in ".conf"`);
  },
);

const unit = withRules(
  z.object({
    /** Name of the unit with its type, `galera.service`. */
    name: z.string(),
    /** Whether it starts at boot. It needs an [Install] section. */
    enabled: z.boolean().optional(),
    /** Whether it is masked, so that it cannot start. */
    mask: z.boolean().optional(),
    contents: z.string().optional(),
    dropins: z.array(dropin).optional(),
  }),
  ({ name, enabled, contents }, report) => {
    if (!unitTypes.includes(extension(name).slice(1))) {
      report.error(["name"], `${shown(name)} is not the name of a unit; it ends in .${unitTypes.join(", .")}`);
    }
    const { problem, sections } = parseUnitFile(contents ?? "");
    if (problem) report.error(["contents"], problem);
    else if (enabled && contents && !sections.has("Install")) {
      report.warning(
        ["contents"],
        `${shown(name)} is enabled but has no [Install] section, so that enabling it does nothing`,
      );
    }
  },
);

export type Unit = z.infer<typeof unit>;

/** Units of the machine. */
export const systemd = withRules(z.object({ units: z.array(unit).optional() }), ({ units }, report) => {
  const contents = new Map(units?.map((one) => [one.name, one.contents]));
  units?.forEach(({ name, enabled }, index) => {
    const template = enabled ? /^([^\n]+?)@[^\n]+?\.service$/.exec(name)?.[1] : undefined;
    const text = template === undefined ? undefined : contents.get(`${template}@.service`);
    if (!text) return;
    const { problem, sections } = parseUnitFile(text);
    if (!problem && !sections.has("Install")) {
      report.warning(
        ["units", index, "contents"],
        `${shown(name)} is enabled but its template "${template}@.service" has no [Install] section`,
      );
    }
  });
});
