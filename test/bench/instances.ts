import { patchLoading } from "../../cli/plan/sdk-patches/index.ts";

patchLoading();

// As many EC2 instances as asked for, planned in this process: the counterpart of cdk/synth.js.
const { evaluate } = await import("../../cli/plan/evaluate.ts");
const { Instance } = await import("@pulumi/aws/ec2/index.js");

const count = Number(process.argv[2]);
const userData = "x".repeat(2048);
// Loading is measured elsewhere, and so is the cost of the first resource.
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
