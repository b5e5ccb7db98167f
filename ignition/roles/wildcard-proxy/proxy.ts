import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { scripts } from "../base/base-machine.ts";
import type { Port, TlsIdentity } from "../role.ts";

export interface WildcardProxyNode {
  /** Container image of nginx 1.18 or later, by tag or digest. */
  image: string;
  /** The domain of the services: `ci.example.com` for `*.ci.example.com`. */
  domain: string;
  /** Certificate for the domain and all of its names. */
  tls: TlsIdentity;
  /**
   * Fixed services by name: `{ wiki: "10.0.0.7:8080" }`. A name that ends in `*`, such as `pr-*`, stands for all names
   * with this prefix. An exact name has precedence.
   */
  services: Readonly<Record<string, string>>;
  /** Folder for services that are added at run time. Use a folder on the data volume, so that they are kept. */
  dataPath: string;
}

/**
 * Ports of the proxy. Ports 80 and 443 would need a capability; use a load balancer for them.
 */
export const wildcardProxyPorts = {
  https: { port: 8443, description: "HTTPS, services by name" },
  http: { port: 8081, description: "HTTP, redirected to HTTPS" },
  health: { port: 8404, description: "health of the proxy" },
} satisfies Record<string, Port>;

/** User id of nginx in its image. */
export const wildcardProxyUser = 101;

const folder = "/etc/paasmas/proxy";

/** Name of a service, or a prefix of names with a `*` after it. */
const serviceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$|^[a-z0-9][a-z0-9-]{0,61}\*$/;
/** Address of a service. Not a host name: nginx would resolve it only once, at its start. */
const serviceAddress = /^(\d{1,3}\.){3}\d{1,3}:(\d{1,5})$/;

const allowedNames =
  "use lower-case letters, digits and inner hyphens, and a * at the end for all names with this prefix";

/** Validation errors of a map of services. */
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
              message: `${JSON.stringify(name)} is not allowed; ${allowedNames}`,
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
              message: `${JSON.stringify(address)} is not an address; use an IPv4 address and a port, 10.0.0.7:8080`,
            },
          ]),
    ];
  });
}

/** A proxy that routes by host name: `wiki.ci.example.com` is the service `wiki`. */
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

/** The first label of the host name is the name of the service. */
function domainNames(domain: string): string {
  return `server_name "~^(?<service>[a-z0-9-]+)\\.${domain.replaceAll(".", "\\.")}$";\n`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
