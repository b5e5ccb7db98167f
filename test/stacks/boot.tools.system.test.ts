import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configOf } from "../../cli/commands/ignition.ts";
import { modelOf } from "../../cli/plan/model.ts";
import type { Config } from "../../ignition/index.ts";
import { missing, named } from "../ignition/roles/requirements.ts";
import { evaluated, stacks } from "./evaluated.ts";

const reason = missing({ programs: ["systemd-analyze"] });

/** Output of systemd for a boot with the units of a config, together with the units of this machine. */
function bootWith(config: Config): string {
  const folder = mkdtempSync(join(tmpdir(), "boot-"));
  try {
    for (const { name, contents, enabled, dropins = [] } of config.systemd?.units ?? []) {
      if (contents != null) writeFileSync(join(folder, name), contents);
      for (const dropin of dropins) {
        mkdirSync(join(folder, `${name}.d`), { recursive: true });
        writeFileSync(join(folder, `${name}.d`, dropin.name), dropin.contents ?? "");
      }
      if (enabled !== true) continue;
      for (const [, kind, targets] of contents?.matchAll(/^(Wanted|Required)By=(.+)$/gm) ?? []) {
        for (const target of targets!.split(" ")) {
          const wants = join(folder, `${target}.${kind === "Wanted" ? "wants" : "requires"}`);
          mkdirSync(wants, { recursive: true });
          symlinkSync(join(folder, name), join(wants, name));
        }
      }
    }
    const boot = join(folder, "multi-user.target");
    writeFileSync(boot, "[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n");
    // The list ends with a colon, because this machine's units follow, such as sysinit.target and sockets.target.
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=yes", boot], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    return stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// systemd removes a unit of a cycle from the boot, and not always the same one.
describe.skipIf(reason !== undefined)(named("the units of all machines", reason), () => {
  test.each(stacks)("have no ordering cycle in %s", async (stack) => {
    const { resources } = await evaluated(stack);
    const byRole = new Map(modelOf(resources).machines.map((machine) => [machine.role, machine]));
    expect(byRole.size).toBeGreaterThanOrEqual(3);
    for (const [role, machine] of byRole) {
      const said = bootWith(JSON.parse(configOf(machine, resources)) as Config);
      expect([role, said.split("\n").filter((line) => /ordering cycle|deleted to break/.test(line))]).toEqual([
        role,
        [],
      ]);
    }
  });

  test("have a cycle that the test detects, if two units wait for each other", () => {
    const unit = (name: string, after: string) => ({
      name,
      enabled: true,
      contents: `[Unit]\nAfter=${after}\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n`,
    });
    const config = {
      ignition: { version: "3.4.0" as const },
      systemd: { units: [unit("one.service", "two.service"), unit("two.service", "one.service")] },
    };
    expect(bootWith(config)).toMatch(/Found ordering cycle/);
  });
});
