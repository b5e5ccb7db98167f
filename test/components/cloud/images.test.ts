import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { fcosAmi, fcosOpenStack, fetchStream, imagesToPin } from "../../../components/cloud/images.ts";

const builds = "https://builds.example/prod/streams/stable/builds/44.20261101.3.0";

/** A shortened stable.json of Fedora, with some of its platforms. */
const stream = {
  stream: "stable",
  metadata: { "last-modified": "2026-11-16T18:50:21Z", generator: "fedora-coreos-stream-generator v0.2.15" },
  architectures: {
    aarch64: {
      artifacts: {
        metal: {
          release: "44.20261101.3.0",
          formats: { iso: { disk: { location: `${builds}/live.iso`, sha256: "00" } } },
        },
      },
      images: { aws: { regions: { "us-east-1": { release: "44.20261101.3.0", image: "ami-0aaaaaaaaaaaaaaaa" } } } },
    },
    x86_64: {
      artifacts: {
        metal: {
          release: "44.20261101.3.0",
          formats: { pxe: { kernel: { location: `${builds}/kernel`, sha256: "00" } } },
        },
        openstack: {
          release: "44.20261101.3.0",
          formats: {
            "qcow2.xz": {
              disk: {
                location: `${builds}/x86_64/fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz`,
                signature: `${builds}/x86_64/fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz.sig`,
                sha256: "67d835f909afe06f12cf1b43518dc930b908402e745eaa880b460025626d4181",
              },
            },
          },
        },
      },
      images: {
        aws: {
          regions: {
            "us-east-1": { release: "44.20261101.3.0", image: "ami-0bbbbbbbbbbbbbbbb" },
            "eu-central-1": { release: "44.20261018.3.1", image: "ami-0cccccccccccccccc" },
          },
        },
        gcp: { release: "44.20261101.3.0", project: "fedora-coreos-cloud", name: "fedora-coreos-44" },
      },
    },
    s390x: { artifacts: {} },
  },
};

describe("fcosAmi", () => {
  test("finds the AMI by region and architecture, with the release of the AMI", () => {
    expect(fcosAmi(stream, "eu-central-1")).toEqual({ release: "44.20261018.3.1", image: "ami-0cccccccccccccccc" });
    expect(fcosAmi(stream, "us-east-1", "aarch64")).toEqual({
      release: "44.20261101.3.0",
      image: "ami-0aaaaaaaaaaaaaaaa",
    });
  });

  test("lists the known regions", () => {
    expect(() => fcosAmi(stream, "eu-mars-1")).toThrow(
      new RangeError('Fedora CoreOS stable has no x86_64 AMI in "eu-mars-1"; use one of eu-central-1, us-east-1'),
    );
  });

  test("lists the known architectures", () => {
    const { x86_64, s390x } = stream.architectures;
    expect(() => fcosAmi({ ...stream, architectures: { x86_64, s390x } }, "us-east-1", "aarch64")).toThrow(
      new RangeError("Fedora CoreOS stable has no aarch64; use one of s390x, x86_64"),
    );
  });

  test("names the error in a document that is not a stream", () => {
    expect(() => fcosAmi({ stream: "stable", architectures: [] }, "us-east-1")).toThrow(
      /^this is not the metadata of a CoreOS stream:\n.*expected record.*\n.*at architectures$/s,
    );
  });
});

test("fcosOpenStack finds the image to upload, or reports that there is none", () => {
  expect(fcosOpenStack(stream)).toEqual({
    release: "44.20261101.3.0",
    location: `${builds}/x86_64/fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz`,
    sha256: "67d835f909afe06f12cf1b43518dc930b908402e745eaa880b460025626d4181",
  });
  expect(() => fcosOpenStack(stream, "aarch64")).toThrow(
    new RangeError("Fedora CoreOS stable has no aarch64 image for OpenStack"),
  );
});

test("imagesToPin prints the settings for the images", () => {
  expect(imagesToPin(stream, "eu-central-1")).toBe(`# AWS, eu-central-1: Fedora CoreOS 44.20261018.3.1
ami-0cccccccccccccccc

# OpenStack: Fedora CoreOS 44.20261101.3.0
curl -fLO ${builds}/x86_64/fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz
echo "67d835f909afe06f12cf1b43518dc930b908402e745eaa880b460025626d4181  fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz" | sha256sum -c && unxz fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2.xz
openstack image create --disk-format qcow2 --file fedora-coreos-44.20261101.3.0-openstack.x86_64.qcow2 fedora-coreos-44.20261101.3.0-x86_64

# Docker: Fedora CoreOS 44.20261101.3.0
quay.io/fedora/fedora-coreos:44.20261101.3.0
`);
});

test("fetchStream returns the JSON, or reports the URL and the answer", async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/stable.json" ? 200 : 404).end(JSON.stringify(stream));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect(await fetchStream(`${base}/stable.json`)).toEqual(stream);
    await expect(fetchStream(`${base}/unstable.json`)).rejects.toThrow(
      new Error(`${base}/unstable.json answered 404 Not Found`),
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
