import { z } from "zod";
import type { Architecture } from "../../ignition/architecture.ts";

/** URL of the metadata of Fedora CoreOS' stable stream. */
export const stableStream = "https://builds.coreos.fedoraproject.org/streams/stable.json";

/** Image in EC2. */
export interface Ami {
  /** Release of Fedora CoreOS, `44.20261101.3.0`. */
  release: string;
  /** AMI id, for the `image` of an AWS environment. */
  image: string;
}

/** Image to upload to Glance. */
export interface Download {
  /** Release of Fedora CoreOS. */
  release: string;
  /** URL of the compressed image. */
  location: string;
  /** Hash of the compressed image. */
  sha256: string;
}

const download = z.object({ location: z.url(), sha256: z.string() });
// Only the parts that are read here: the stream has dozens of other platforms.
const streamSchema = z.object({
  stream: z.string(),
  architectures: z.record(
    z.string(),
    z.object({
      artifacts: z.object({
        openstack: z
          .object({ release: z.string(), formats: z.record(z.string(), z.object({ disk: download.optional() })) })
          .optional(),
      }),
      images: z
        .object({
          aws: z
            .object({ regions: z.record(z.string(), z.object({ release: z.string(), image: z.string() })) })
            .optional(),
        })
        .optional(),
    }),
  ),
});

/**
 * Returns the AMI of a stream in a region.
 * @param streamMetadata Parsed JSON of the stream.
 * @throws RangeError with the available regions, if the region has none.
 */
export function fcosAmi(streamMetadata: unknown, region: string, arch: Architecture = "x86_64"): Ami {
  const { stream, builds } = architecture(streamMetadata, arch);
  const regions = builds.images?.aws?.regions ?? {};
  const found = regions[region];
  if (found === undefined) {
    throw new RangeError(
      `Fedora CoreOS ${stream} has no ${arch} AMI in "${region}"; use one of ${Object.keys(regions).sort().join(", ")}`,
    );
  }
  return found;
}

/**
 * Returns the image of a stream for OpenStack, compressed with xz.
 * @param streamMetadata Parsed JSON of the stream.
 * @throws RangeError if the stream has none.
 */
export function fcosOpenStack(streamMetadata: unknown, arch: Architecture = "x86_64"): Download {
  const { stream, builds } = architecture(streamMetadata, arch);
  const found = builds.artifacts.openstack;
  const disk = found?.formats["qcow2.xz"]?.disk;
  if (found === undefined || disk === undefined) {
    throw new RangeError(`Fedora CoreOS ${stream} has no ${arch} image for OpenStack`);
  }
  return { release: found.release, location: disk.location, sha256: disk.sha256 };
}

/** Fetches the metadata of a stream. @throws Error with the URL and the HTTP status. */
export async function fetchStream(url: string = stableStream): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response.json();
}

/**
 * Returns a text with the images for the config of an environment: the AMI of a region, the commands that upload the
 * image to Glance, and the container image.
 */
export function imagesToPin(streamMetadata: unknown, region: string, arch: Architecture = "x86_64"): string {
  const ami = fcosAmi(streamMetadata, region, arch);
  const { release, location, sha256 } = fcosOpenStack(streamMetadata, arch);
  const file = new URL(location).pathname.split("/").at(-1)!;
  const disk = file.replace(/\.xz$/, "");
  const name = `fedora-coreos-${release}-${arch}`;
  return [
    `# AWS, ${region}: Fedora CoreOS ${ami.release}`,
    ami.image,
    "",
    `# OpenStack: Fedora CoreOS ${release}`,
    `curl -fLO ${location}`,
    `echo "${sha256}  ${file}" | sha256sum -c && unxz ${file}`,
    `openstack image create --disk-format qcow2 --file ${disk} ${name}`,
    "",
    `# Docker: Fedora CoreOS ${release}`,
    `quay.io/fedora/fedora-coreos:${release}`,
    "",
  ].join("\n");
}

function architecture(streamMetadata: unknown, arch: Architecture) {
  const parsed = streamSchema.safeParse(streamMetadata);
  if (!parsed.success)
    throw new RangeError(`this is not the metadata of a CoreOS stream:\n${z.prettifyError(parsed.error)}`);
  const { stream, architectures } = parsed.data;
  const builds = architectures[arch];
  if (builds === undefined) {
    throw new RangeError(
      `Fedora CoreOS ${stream} has no ${arch}; use one of ${Object.keys(architectures).sort().join(", ")}`,
    );
  }
  return { stream, builds };
}
