export type { Config, Issue, Resource, Verdict } from "./spec.ts";
