import { factTypes, type FirewallRuleFacts, type MachineFacts } from "../../components/cloud/facts.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { machinesOf } from "./machines.ts";

/**
 * Enforces the planned firewalls on the machines, because Docker does not. Packets that no rule allows are dropped. A
 * machine that was off or is new needs its rules again.
 * @param only Names of the machines. Default: all.
 */
export async function enforceFirewalls(resources: readonly PlannedResource[], only?: readonly string[]): Promise<void> {
  const facts = <Facts>(type: string) =>
    resources.filter((resource) => resource.type === type).map(({ inputs }) => inputs as unknown as Facts);
  const machines = facts<MachineFacts>(factTypes.machine);
  const addresses = (from: string) =>
    from.includes("/") ? [from] : machines.filter(({ firewall }) => firewall === from).map(({ address }) => address);
  const rules = facts<FirewallRuleFacts>(factTypes.firewallRule);
  for (const machine of machinesOf(resources)) {
    if (only !== undefined && !only.includes(machine.name)) continue;
    const { firewall } = machines.find(({ address }) => address === machine.address)!;
    const firewallRules = rules
      .filter(({ to }) => to === firewall)
      .map(
        ({ from, protocol, fromPort, toPort }) =>
          [
            addresses(from)
              .filter((address) => address !== machine.address)
              .join(", "),
            `${protocol} dport ${fromPort}-${toPort}`,
          ] as const,
      )
      .flatMap(([from, port]) => (from === "" ? [] : [`    ip saddr { ${from} } ${port} accept\n`]));
    const start = "table inet firewall\ndelete table inet firewall\n";
    const chain =
      "type filter hook input priority -200; policy drop;\n    iif lo accept\n" +
      "    ct state established,related accept\n";
    await machine.exec(
      ["nft", "-f", "-"],
      `${start}table inet firewall {\n  chain input {\n    ${chain}${firewallRules.join("")}  }\n}\n`,
    );
  }
}
