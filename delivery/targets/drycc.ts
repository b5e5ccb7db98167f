import { DeliveryError } from "../rules/validate.ts";
import { Drycc } from "../paas/drycc.ts";
import type { DeployTarget, Project } from "../project.ts";
import { PaasTarget, type PlatformApp } from "./paas.ts";
import type { Target } from "./target.ts";

/**
 * Creates a target for Drycc Workflow.
 * @param tokens `username` and `password` of the deploying user, and the secrets of the environments of the apps.
 * @param source Name of the tokens in messages.
 * @throws DeliveryError with the missing tokens.
 */
export function dryccTarget(
  { apps }: Project,
  { drycc, domain }: DeployTarget,
  tokens: Readonly<Record<string, string>>,
  source: string,
): Target {
  const missing: string[] = [];
  const token = (name: string, hint: string): string => {
    if (tokens[name] === undefined) missing.push(`${source}: ${name}: is missing; ${hint}`);
    return tokens[name] ?? "";
  };
  const { url, prefix, workspace, apps: settings } = drycc!;
  const login = {
    username: token("username", "add the platform user"),
    password: token("password", "add the password of that user"),
  };
  const platformApps = Object.entries(apps).map(([name, { image }]): [string, PlatformApp] => {
    const { environment = {}, port = 8080, health = "/", processes = { web: 1 } } = settings[name] ?? {};
    const values = Object.entries(environment).map(([variable, value]) => [
      variable,
      typeof value === "string" ? value : token(value.secret, `${name} needs it for ${variable}`),
    ]);
    return [name, { image, environment: Object.fromEntries(values), port, healthPath: health, processes }];
  });
  if (missing.length > 0) throw new DeliveryError(missing.join("\n"));
  const paas = new Drycc({ url, login, ...(workspace !== undefined && { workspace }) });
  return new PaasTarget({ paas, apps: Object.fromEntries(platformApps), prefix, domain });
}
