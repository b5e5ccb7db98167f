import type { Lab } from "./lab.ts";
import type { LoadReport } from "./load.ts";

export interface Verification {
  /** Number of acknowledged ids that a node does not have. */
  lost: number;
  failures: string[];
}

/** Acknowledged writes of each run, to check again after every later run. */
export type Acknowledged = Map<number, number>;

/**
 * Checks that every database node has every acknowledged write. Each query waits until the node has applied all
 * commits. Then compares the data of the nodes by checksum and counts the writes of earlier runs again.
 */
export async function verify(lab: Lab, run: number, report: LoadReport, earlier: Acknowledged): Promise<Verification> {
  const failures: string[] = [];
  const missing = new Set<string>();
  const checksums = new Map<string, string>();
  for (const node of lab.of("galera")) {
    await lab.on(node, async (query) => {
      await query("SET SESSION wsrep_sync_wait = 15");
      const rows = await query("SELECT writer, sequence FROM writes WHERE run = ?", [run]);
      const found = new Set(rows.map(({ writer, sequence }) => `${writer}-${sequence}`));
      for (const { writer, attempts, unacknowledged } of report.logs) {
        const unknown = new Set(unacknowledged);
        for (let sequence = 0; sequence < attempts; sequence++) {
          const id = `${writer}-${sequence}`;
          if (!unknown.has(sequence) && !found.has(id)) missing.add(id);
        }
      }
      const counts = new Map(
        (await query("SELECT run, COUNT(*) AS rows_there FROM writes GROUP BY run")).map((row) => [
          Number(row.run),
          Number(row.rows_there),
        ]),
      );
      for (const [before, acknowledged] of earlier) {
        const there = counts.get(before) ?? 0;
        if (there < acknowledged)
          failures.push(`${node.name} has ${there} of the ${acknowledged} writes of run ${before}`);
      }
      if (counts.has(-1)) failures.push(`${node.name} has a write of a minority`);
      const [row] = await query("CHECKSUM TABLE writes");
      checksums.set(node.name, String(row!.Checksum));
    });
  }
  if (new Set(checksums.values()).size > 1) {
    failures.push(`the nodes' data differ: ${[...checksums].map(([name, sum]) => `${name} ${sum}`).join(", ")}`);
  }
  return { lost: missing.size, failures };
}
