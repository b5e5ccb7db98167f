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

/** What systemd says of a boot with a config's units, beside this machine's own. */
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
    // Ends in a colon: this machine's own units follow, sysinit.target and sockets.target among them.
    const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=yes", boot], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    return stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// A unit of a cycle is left out of the boot, and which one differs from boot to boot.
describe.skipIf(reason !== undefined)(named("no machine's units wait for each other in a circle", reason), () => {
  test.each(stacks)("%s", async (stack) => {
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

  test("one is seen", () => {
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
