import { configOf } from "../../cli/commands/ignition.ts";
import { modelOf } from "../../cli/plan/model.ts";
import { render, validate } from "../../ignition/index.ts";
import { prod } from "./prod.ts";

const { resources } = await prod();
const configs = modelOf(resources).machines.map((machine) => JSON.parse(configOf(machine, resources)));
const rounds = 20;
const started = performance.now();
for (let i = 0; i < rounds; i++) {
  for (const config of configs) {
    const { errors } = validate(config);
    if (errors.length > 0) throw new Error(`a planned config is not valid: ${errors[0]?.message}`);
    render(config);
  }
}
console.log(JSON.stringify({ milliseconds: (performance.now() - started) / rounds, resources: configs.length }));
