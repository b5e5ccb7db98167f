import { DeliveryError } from "../decisions/problem.ts";
import { Drycc } from "../paas/drycc.ts";
import type { Place, Project } from "../project.ts";
import { PaasTarget, type PlatformApp } from "./paas.ts";
import type { Target } from "./target.ts";

/**
 * Drycc Workflow as a target.
 * @param tokens `username` and `password` of the user who deploys, and the secrets that apps' environments name.
 * @param source What the tokens are called in messages.
 * @throws DeliveryError naming the tokens that are missing.
 */
export function dryccTarget(
  { apps }: Project,
  { drycc, domain }: Place,
  tokens: Readonly<Record<string, string>>,
  source: string,
): Target {
  const missing: string[] = [];
  const token = (name: string, use: string): string => {
    if (tokens[name] === undefined) missing.push(`${source}: ${name}: is missing; ${use}`);
    return tokens[name] ?? "";
  };
  const { url, prefix, workspace, apps: settings } = drycc!;
  const login = {
    username: token("username", "give the platform's user"),
    password: token("password", "give that user's password"),
  };
  const platformApps = Object.entries(apps).map(([name, { image }]): [string, PlatformApp] => {
    const { environment = {}, port = 8080, health = "/", processes = { web: 1 } } = settings[name] ?? {};
    const values = Object.entries(environment).map(([variable, value]) => [
      variable,
      typeof value === "string" ? value : token(value.secret, `${name} has it as ${variable}`),
    ]);
    return [name, { image, environment: Object.fromEntries(values), port, healthPath: health, processes }];
  });
  if (missing.length > 0) throw new DeliveryError(missing.join("\n"));
  const paas = new Drycc({ url, login, ...(workspace !== undefined && { workspace }) });
  return new PaasTarget({ paas, apps: Object.fromEntries(platformApps), prefix, domain });
}
