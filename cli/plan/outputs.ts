import { createHash } from "node:crypto";
import { awsOutputs } from "./outputs-aws.ts";
import { kubernetesOutputs } from "./outputs-kubernetes.ts";

type Values = Record<string, unknown>;

/**
 * Properties that a provider computes and that other resources use as inputs. The placeholders derive from type and
 * name, have the length of real values, and are the same in every run.
 */
export function computedOutputs(type: string, name: string, inputs: Values): Values {
  return table[type]?.(name, inputs) ?? {};
}

const table: Record<string, (name: string, inputs: Values) => Values> = {
  ...awsOutputs,
  ...kubernetesOutputs,
  "random:index/randomPassword:RandomPassword": (name, inputs) => ({ result: text(name, Number(inputs.length ?? 32)) }),
  "random:index/randomId:RandomId": (name, inputs) => ({
    hex: digest(name).slice(0, 2 * Number(inputs.byteLength ?? 8)),
  }),
  "random:index/randomBytes:RandomBytes": (name, inputs) => ({
    base64: Buffer.from(text(name, Number(inputs.length))).toString("base64"),
  }),
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: pem("PRIVATE KEY", name, 3),
    publicKeyPem: pem("PUBLIC KEY", name, 2),
    publicKeyOpenssh: `ecdsa-sha2-nistp256 ${text(name, 140)}\n`,
  }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: pem("CERTIFICATE REQUEST", name, 8) }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: pem("CERTIFICATE", name, 11) }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: pem("CERTIFICATE", name, 13) }),
  "docker:index/remoteImage:RemoteImage": (_name, inputs) => ({
    imageId: `sha256:${digest(String(inputs.name)).slice(0, 64)}`,
  }),
  "openstack:objectstorage/tempUrl:TempUrl": (_name, inputs) => {
    const signature = digest(`${inputs.container} ${inputs.object}`).slice(0, 40);
    const object = `https://${plannedSwift}/${inputs.container}/${inputs.object}`;
    return { url: `${object}?temp_url_sig=${signature}&temp_url_expires=1900000000` };
  },
  "openstack:identity/ec2CredentialV3:Ec2CredentialV3": (name) => ({
    access: digest(name).slice(0, 32),
    secret: digest(`${name} secret`).slice(0, 32),
  }),
  "openstack:loadbalancer/loadBalancer:LoadBalancer": (name) => ({ vipPortId: uuid(`port of ${name}`) }),
  // From a range for documentation (RFC 5737), which is not reachable.
  "openstack:networking/floatingIp:FloatingIp": (name) => ({
    address: `203.0.113.${(parseInt(digest(name).slice(0, 4), 16) % 254) + 1}`,
  }),
  "openstack:networking/getNetwork:getNetwork": (_name, inputs) => ({ name: `network ${inputs.networkId}` }),
  "openstack:images/getImage:getImage": (_name, inputs) => ({ id: uuid(`image ${inputs.name}`) }),
  "openstack:identity/getAuthScope:getAuthScope": (_name, inputs) => ({
    serviceCatalogs: [
      {
        type: "object-store",
        endpoints: [{ interface: "public", region: inputs.name, url: `https://${plannedSwift}` }],
      },
    ],
  }),
};

const plannedSwift = `swift.planned.invalid:8080/v1/AUTH_${digest("project").slice(0, 32)}`;

/** A placeholder for an id from a provider, the same in every run. */
export function deterministicId(seed: string): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 17);
}

function uuid(seed: string): string {
  return digest(seed).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function digest(seed: string): string {
  return createHash("sha512").update(`planned ${seed}`).digest("hex");
}

function text(seed: string, length: number): string {
  let out = "";
  for (let i = 0; out.length < length; i++) out += digest(`${seed} ${i}`);
  return out.slice(0, length);
}

function pem(label: string, seed: string, lines: number): string {
  const body = Array.from({ length: lines }, (_, i) => Buffer.from(text(`${seed} ${i}`, 48)).toString("base64"));
  return `-----BEGIN ${label}-----\n${body.join("\n")}\n-----END ${label}-----\n`;
}
