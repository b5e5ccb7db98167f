import { patchLoading } from "../../cli/plan/sdk-patches/index.ts";

patchLoading();

// Cost of one more machine on AWS in a plan: instance, interface, role, config in the object store, gate.
const { evaluate } = await import("../../cli/plan/evaluate.ts");
const { AwsCloud } = await import("../../components/cloud/aws/index.ts");
const { config, file } = await import("../../ignition/index.ts");

const count = Number(process.argv[2]);
const make = (n: number) => () => {
  const cloud = new AwsCloud("bench", {
    cidr: "10.0.0.0/16",
    zones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    image: "ami-0123456789abcdef0",
  });
  const firewall = cloud.firewall("bench", { description: "machines of the benchmark" });
  for (let i = 0; i < n; i++) {
    cloud.machine(`bench-${i}`, {
      role: "bench",
      hostNumber: 10 + i,
      firewall,
      config: ({ address }) => config(file({ path: "/etc/paasmas/bench.env", text: `ADDRESS=${address}\n` })),
    });
  }
};
const [{ resources: one }, { resources: two }] = [
  await evaluate(make(1), { stack: "bench" }),
  await evaluate(make(2), { stack: "bench" }),
];
// The first machines compile the code and grow the heap, so they are not part of the result.
await evaluate(make(10), { stack: "bench" });
const before = process.resourceUsage().maxRSS;
const started = performance.now();
await evaluate(make(count), { stack: "bench" });
const milliseconds = performance.now() - started;
console.log(
  JSON.stringify({
    milliseconds,
    megabytes: (process.resourceUsage().maxRSS - before) / 1024,
    resources: count * (two.length - one.length),
  }),
);
