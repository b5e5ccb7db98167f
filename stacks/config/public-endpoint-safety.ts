import { isTooWide } from "../../components/cloud/addresses.ts";
import { type Problem, formatValue } from "./error.ts";
import type { AnySettings } from "./settings.ts";

/** Problems of the public endpoints, and of the endpoints with their services. */
export function publicEndpointProblems({ jenkins, deployHook, paas, openstack }: AnySettings): Problem[] {
  const problems: Problem[] = [];
  for (const [part, settings] of Object.entries({ jenkins, deployHook, paas })) {
    if (settings?.publicEndpoint === undefined) continue;
    const { from: ranges } = settings.publicEndpoint;
    const refuse = (path: string, message: string) => problems.push({ path: `${part}.publicEndpoint${path}`, message });
    if (openstack !== undefined && openstack.externalNetworkId === undefined)
      refuse("", "needs a network that leads outside; give openstack.externalNetworkId");
    if (ranges.length === 0)
      refuse(".from", "[] allows no connection; list the ranges that may connect, or leave the public endpoint out");
    ranges.forEach((range, index) => {
      if (part === "jenkins" && isTooWide(range))
        refuse(`.from[${index}]`, `${formatValue(range)} is far too wide; use the ranges of the callers`);
    });
  }
  const hosts = deployHook?.apps.flatMap((app) => app.hosts) ?? [];
  deployHook?.publicEndpoint?.names.forEach((given, index) => {
    const allowed = hosts.join(", ") || "one of an app's hosts";
    if (!hosts.includes(given))
      problems.push({
        path: `deployHook.publicEndpoint.names[${index}]`,
        message: `${formatValue(given)} is not a host name of an app; use ${allowed}`,
      });
  });
  return problems;
}
