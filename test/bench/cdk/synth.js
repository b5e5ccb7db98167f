import { App, Stack, Tags } from "aws-cdk-lib";
import { CfnInstance } from "aws-cdk-lib/aws-ec2";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Synthesizes as many EC2 instances as requested, like those of ../instances.ts. A CloudFormation stack holds at most
// 500 resources, so there are several stacks.
const count = Number(process.argv[2]);
const userData = "x".repeat(2048);
const started = performance.now();
const outdir = mkdtempSync(join(tmpdir(), "paasmas-cdk-"));
const app = new App({ outdir });
for (let first = 0; first < count; first += 500) {
  const stack = new Stack(app, `stack-${first}`);
  for (let i = first; i < Math.min(count, first + 500); i++) {
    const instance = new CfnInstance(stack, `instance-${i}`, {
      imageId: "ami-0123456789abcdef0",
      instanceType: "t3.small",
      userData: Buffer.from(userData).toString("base64"),
    });
    Tags.of(instance).add("Project", "bench");
  }
}
app.synth();
const milliseconds = performance.now() - started;
rmSync(outdir, { recursive: true });
console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
