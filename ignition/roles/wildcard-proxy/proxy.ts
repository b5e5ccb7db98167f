import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { scripts } from "../base/base-machine.ts";
import type { Port, TlsIdentity } from "../role.ts";

export interface WildcardProxyNode {
  /** Container image of nginx 1.18 or later, by tag or digest. */
  image: string;
  /** The domain whose names are served: `ci.example.com` for `*.ci.example.com`. */
  domain: string;
  /** Certificate for the domain and all names in it. */
  tls: TlsIdentity;
  /**
   * Services that are there from the start, by name: `{ wiki: "10.0.0.7:8080" }`. A name that ends in `*` stands for all
   * names that begin so, `pr-*`; an exact name wins.
   */
  services: Readonly<Record<string, string>>;
  /** Folder for the services that are added while the machine runs; it should outlive the machine. */
  dataPath: string;
}

/**
 * Ports of the proxy. Not those of the web: they would need a capability. A load balancer before it, which listens on
 * them, spares it that.
 */
export const wildcardProxyPorts = {
  https: { port: 8443, description: "HTTPS, services by name" },
  http: { port: 8081, description: "HTTP, redirected to HTTPS" },
  health: { port: 8404, description: "health of the proxy" },
} satisfies Record<string, Port>;

/** nginx' own user in its image. */
export const wildcardProxyUser = 101;

const folder = "/etc/paasmas/proxy";

/** The name of a service, or the beginning of names with a `*` after it. */
const serviceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$|^[a-z0-9][a-z0-9-]{0,61}\*$/;
/** Where a service is. An address: names would be looked up once, when nginx starts, and never again. */
const serviceAddress = /^(\d{1,3}\.){3}\d{1,3}:(\d{1,5})$/;

/** What is wrong with a map of services. */
export function serviceProblems(services: Readonly<Record<string, string>>): { path: string; message: string }[] {
  return Object.entries(services).flatMap(([name, address]) => {
    const path = `services.${name}`;
    const port = Number(serviceAddress.exec(address)?.[2]);
    return [
      ...(serviceName.test(name)
        ? []
        : [
            {
              path,
              message: `${JSON.stringify(name)} cannot be the first part of a host name; use lower-case letters, digits and inner hyphens, and a * at the end for all names that begin so`,
            },
          ]),
      ...(port >= 1 &&
      port <= 65535 &&
      address
        .split(":")[0]!
        .split(".")
        .every((part) => Number(part) <= 255)
        ? []
        : [
            {
              path,
              message: `${JSON.stringify(address)} is not where a service can be; use an IPv4 address and a port, 10.0.0.7:8080`,
            },
          ]),
    ];
  });
}

/** A proxy before services that are found by name: `wiki.ci.example.com` is the service `wiki`. */
export function wildcardProxy({ image, domain, tls, services, dataPath }: WildcardProxyNode): Fragment {
  const own = (name: string, text: string) =>
    file({ path: `${folder}/${name}`, text, mode: 0o400, user: wildcardProxyUser });
  const { storage, systemd } = config(
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/proxy.env", values: { IMAGE: image, DATA_PATH: dataPath }, mode: 0o644 }),
    fileFromDisk({ path: `${folder}/nginx.conf`, from: local("nginx.conf") }),
    fileFromDisk({ path: `${folder}/headers.conf`, from: local("headers.conf") }),
    file({ path: `${folder}/domain.conf`, text: domainNames(domain) }),
    file({
      path: `${folder}/services`,
      text: Object.entries(services)
        .map(([name, address]) => `${name} ${address}\n`)
        .join(""),
    }),
    file({ path: `${folder}/ca.pem`, text: tls.ca }),
    own("certificate.pem", tls.certificate),
    own("key.pem", tls.privateKey),
    ...["proxy-services", "proxy-start"].map((name) =>
      fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 }),
    ),
    fileFromDisk({ path: `${scripts}/services.sh`, from: local("services.sh") }),
    unit({ name: "proxy-image.service", from: local("proxy-image.service"), enabled: true }),
    unit({ name: "proxy.service", from: local("proxy.service"), enabled: true }),
  );
  return { storage, systemd };
}

/** The first part of a host name in the domain is the service that is meant. */
function domainNames(domain: string): string {
  return `server_name "~^(?<service>[a-z0-9-]+)\\.${domain.replaceAll(".", "\\.")}$";\n`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
