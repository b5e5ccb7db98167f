import { patchLoading } from "../../cli/plan/sdk-patches/index.ts";

patchLoading();

// Plans as many EC2 instances as requested in this process, for the comparison with cdk/synth.js.
const { evaluate } = await import("../../cli/plan/evaluate.ts");
const { Instance } = await import("@pulumi/aws/ec2/index.js");

const count = Number(process.argv[2]);
const userData = "x".repeat(2048);
// Excludes the time to load modules and the cost of the first resource, which other benchmarks measure.
const make = (n: number) => () => {
  for (let i = 0; i < n; i++) {
    new Instance(`instance-${i}`, {
      ami: "ami-0123456789abcdef0",
      instanceType: "t3.small",
      userData,
      tags: { Project: "bench" },
    });
  }
};
await evaluate(make(1), { stack: "bench" });
const before = process.resourceUsage().maxRSS;
const started = performance.now();
const { resources } = await evaluate(make(count), { stack: "bench" });
const milliseconds = performance.now() - started;
console.log(
  JSON.stringify({
    milliseconds,
    megabytes: (process.resourceUsage().maxRSS - before) / 1024,
    total: process.resourceUsage().maxRSS / 1024,
    resources: resources.length - 1,
  }),
);
