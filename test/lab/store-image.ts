import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { goEnvironment } from "../tools/go.ts";
import { run } from "./builds.ts";
import { docker } from "./monitor/docker.ts";
import { repository } from "./paths.ts";

const nodeImage = images["fedora-coreos"];
const storeImage = "ghcr.io/versity/versitygw:v1.7.0";

/**
 * The S3 server of the Docker cloud's object stores: the real program, built from its sources, on the image of the
 * nodes.
 */
export async function prepareStoreImage(report: (line: string) => void): Promise<void> {
  const program = `${repository}.cache/tools/versitygw`;
  if (!existsSync(program)) {
    report("  building the S3 server");
    mkdirSync(`${repository}.cache/tools`, { recursive: true });
    const env = { ...goEnvironment, GOBIN: `${repository}.cache/tools`, GOFLAGS: "-trimpath", CGO_ENABLED: "0" };
    await run("go", ["install", "github.com/versity/versitygw/cmd/versitygw@v1.7.0"], { env });
  }
  const wanted = createHash("sha256")
    .update(program)
    .update((await docker.getImage(nodeImage).inspect()).Id)
    .digest("hex")
    .slice(0, 16);
  const found = await docker
    .getImage(storeImage)
    .inspect()
    .catch(() => undefined);
  if (found?.Config.Labels?.["paasmas.lab.digest"] === wanted) return;
  if (found && !found.Config.Labels?.["paasmas.lab.digest"]) return;
  const container = (await run("docker", ["create", nodeImage, "/bin/true"])).trim();
  try {
    await run("docker", ["cp", program, `${container}:/usr/local/bin/versitygw`]);
    await run("docker", ["commit", "--change", `LABEL paasmas.lab.digest=${wanted}`, container, storeImage]);
  } finally {
    await run("docker", ["rm", "--force", container]);
  }
}
