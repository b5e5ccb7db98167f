import { PlanPage } from "../../../cli/plan/html/page.ts";
import type { SavedPlan } from "../../../cli/plan/saved.ts";

export function planPage(plans: readonly SavedPlan[]): Promise<string> {
  const page = new PlanPage();
  for (const plan of plans) page.add(plan);
  return page.html();
}
