import { canBeMarkedPublic, exposureMark } from "./exposure.ts";
import { about, type KubernetesObject, objectPolicy, objectsIn, typesOf } from "./kubernetes-objects.ts";
import { type StackChecked, stackPolicy } from "./policy.ts";
import { isWorldOpen } from "./ports.ts";
import { at, hasUnknown, isUnknown, objects, shown, strings, text, unknown } from "./values.ts";

const gatewayKinds = ["Gateway", "ListenerSet", "XListenerSet"];
const routeKinds = ["HTTPRoute", "GRPCRoute"];
const serviceMark = exposureMark.replace("tag", "label or annotation");

interface Found {
  resource: StackChecked;
  object: KubernetesObject;
}

export const kubernetesGatewayTls = stackPolicy({
  name: "kubernetes-gateway-tls",
  description: "Gateways accept HTTP only with TLS, except on listeners where every route redirects to HTTPS.",
  severity: "high",
  remediation: "use the protocol HTTPS with tls.certificateRefs, and bind routes to that listener by sectionName.",
  appliesTo: typesOf([...gatewayKinds, ...routeKinds]),
  check(resources, report) {
    const found: Found[] = resources.flatMap((resource) => objectsIn(resource).map((object) => ({ resource, object })));
    const routes = found.filter(({ object }) => routeKinds.includes(object.kind));
    const gateways = found.filter(({ object }) => gatewayKinds.includes(object.kind));
    for (const { resource, object } of gateways) {
      for (const [index, listener] of objects(at(object.manifest, "spec", "listeners")).entries()) {
        const problem = listenerProblem(listener, () => onlyRedirects({ resource, object }, listener, routes));
        if (problem)
          report(resource, about(object, { ...problem, given: `spec.listeners[${index}] ${problem.given}` }));
      }
    }
    for (const route of routes.filter(({ object }) => redirects(object) === false)) {
      for (const [index, parent] of objects(at(route.object.manifest, "spec", "parentRefs")).entries()) {
        if (parent.sectionName !== undefined || parent.port !== undefined) continue;
        // Listeners of planned gateways are checked above; listeners of other gateways are unknown.
        if (isUnknown(parent.name) || gateways.some((gateway) => isParent(gateway, parent, route) !== false)) continue;
        const listeners = `every listener of ${shown(parent.name)}`;
        const given = `spec.parentRefs[${index}] has no sectionName, so the route applies to ${listeners}`;
        report(route.resource, about(route.object, { given, allowed: "the sectionName of a listener with TLS" }));
      }
    }
  },
});

function listenerProblem(listener: Record<string, unknown>, onlyRedirects: () => boolean | undefined) {
  const { protocol } = listener;
  const allowed = '"HTTPS" or "TLS"';
  if (protocol === "HTTP") {
    return onlyRedirects() !== false
      ? undefined
      : { given: 'has the protocol "HTTP", and not all its routes redirect to HTTPS', allowed };
  }
  // TCP and UDP carry other protocols, such as SSH, which is encrypted.
  if (protocol !== "HTTPS" && protocol !== "TLS") return undefined;
  const tls = at(listener, "tls");
  const references = at(tls, "certificateRefs");
  if (hasUnknown(references) || isUnknown(at(tls, "mode")) || at(tls, "mode") === "Passthrough") return undefined;
  if (objects(references).length > 0 || at(tls, "options") !== undefined) return undefined;
  return { given: `${shown(listener.name)} has no tls.certificateRefs`, allowed: "a certificate" };
}

/** Whether a listener has routes, and all of them redirect to HTTPS; undefined if that is not known yet. */
function onlyRedirects(gateway: Found, listener: Record<string, unknown>, routes: readonly Found[]) {
  let attached = 0;
  let undecided = false;
  for (const route of routes) {
    const parents = at(route.object.manifest, "spec", "parentRefs");
    const states = objects(parents).map((parent) => attaches(gateway, listener, parent, route));
    if (states.includes(true)) {
      const redirected = redirects(route.object);
      if (redirected === false) return false;
      if (redirected === undefined) undecided = true;
      attached++;
    } else if (hasUnknown(parents) || states.includes(undefined)) undecided = true;
  }
  return undecided ? undefined : attached > 0;
}

/** Whether a reference of a route attaches it to this listener; undefined if that is not known yet. */
function attaches(
  gateway: Found,
  listener: Record<string, unknown>,
  parent: Record<string, unknown>,
  route: Found,
): boolean | undefined {
  return allOf([
    isParent(gateway, parent, route),
    parent.sectionName === undefined || areEqual(parent.sectionName, listener.name),
    parent.port === undefined || areEqual(parent.port, listener.port),
  ]);
}

function isParent({ object }: Found, parent: Record<string, unknown>, route: Found): boolean | undefined {
  const given = isUnknown(parent.namespace) ? undefined : (text(parent.namespace) ?? route.object.namespace);
  return allOf([
    areEqual(parent.kind ?? "Gateway", object.kind),
    areEqual(parent.name, at(object.manifest, "metadata", "name")),
    given === undefined || areEqual(given, object.namespace ?? unknown),
  ]);
}

/** Whether every rule of a route redirects to HTTPS; undefined if that is not known yet. */
function redirects({ manifest }: KubernetesObject): boolean | undefined {
  const rules = at(manifest, "spec", "rules");
  const states = objects(rules).map(({ filters }) => {
    const schemes = objects(filters).map((filter) => at(filter, "requestRedirect", "scheme"));
    if (schemes.includes("https")) return true;
    return hasUnknown(filters) || schemes.some(isUnknown) ? undefined : false;
  });
  if (hasUnknown(rules)) states.push(undefined);
  return states.length > 0 && allOf(states);
}

function areEqual(one: unknown, other: unknown): boolean | undefined {
  return isUnknown(one) || isUnknown(other) ? undefined : one === other;
}

/** True if all are true, false if one is false, or else undefined. */
function allOf(states: readonly (boolean | undefined)[]): boolean | undefined {
  if (states.includes(false)) return false;
  return states.includes(undefined) ? undefined : true;
}

export const kubernetesIngressTls = objectPolicy({
  name: "kubernetes-ingress-tls",
  description: "Every host of an Ingress has a certificate.",
  severity: "high",
  remediation: "add the host to spec.tls, with the secretName of its certificate.",
  kinds: ["Ingress"],
  check({ manifest, patch }, report) {
    const tls = at(manifest, "spec", "tls");
    if (hasUnknown(tls) || (patch && tls === undefined)) return;
    const covered = objects(tls).flatMap(({ hosts }) => strings(hosts));
    const unknownHosts = objects(tls).some(({ hosts }) => hasUnknown(hosts));
    if (objects(tls).length === 0)
      report({ given: `spec.tls is ${shown(tls)}`, allowed: "a certificate for every host" });
    else if (!unknownHosts) {
      for (const [index, rule] of objects(at(manifest, "spec", "rules")).entries()) {
        const host = text(rule.host);
        if (host === undefined || covered.some((one) => covers(one, host))) continue;
        report({
          given: `spec.rules[${index}].host ${host} is not in spec.tls`,
          allowed: "a certificate for every host",
        });
      }
    }
  },
});

// A wildcard matches one label.
function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*.") && host.slice(host.indexOf(".") + 1) === pattern.slice(2));
}

/** Annotations that request an internal load balancer, by cloud. */
const internalAnnotations: readonly (readonly [string, RegExp])[] = [
  ["service.beta.kubernetes.io/aws-load-balancer-scheme", /^internal$/],
  ["service.beta.kubernetes.io/aws-load-balancer-internal", /^(true|0\.0\.0\.0\/0)$/],
  ["service.beta.kubernetes.io/openstack-internal-load-balancer", /^true$/],
  ["service.beta.kubernetes.io/azure-load-balancer-internal", /^true$/],
  ["networking.gke.io/load-balancer-type", /^Internal$/],
];

export const kubernetesServicesInternal = objectPolicy({
  name: "kubernetes-services-internal",
  description: "Services are internal to the cluster, unless they are marked as public.",
  severity: "high",
  remediation: `use ClusterIP behind a Gateway, narrow loadBalancerSourceRanges, or set the ${serviceMark}.`,
  kinds: ["Service"],
  check({ manifest }, report) {
    const marks = ["labels", "annotations"].map((key) => at(manifest, "metadata", key));
    if (marks.some(isUnknown)) return;
    const [labels, annotations] = marks.map((mark) => objects(mark)[0] ?? {});
    if (canBeMarkedPublic({ tags: { ...annotations, ...labels } })) return;
    const type = at(manifest, "spec", "type");
    if (type === "NodePort")
      report({ given: 'spec.type is "NodePort"', allowed: `"ClusterIP", or the ${serviceMark}` });
    const internal = internalAnnotations.some(
      ([key, value]) => isUnknown(annotations?.[key]) || value.test(`${annotations?.[key]}`),
    );
    const ranges = at(manifest, "spec", "loadBalancerSourceRanges");
    const narrow =
      isUnknown(ranges) || (!strings(ranges).some(isWorldOpen) && (hasUnknown(ranges) || strings(ranges).length > 0));
    if (type === "LoadBalancer" && !internal && !narrow) {
      const given = `spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges ${shown(ranges)}`;
      report({ given, allowed: `an internal load balancer, source ranges, or the ${serviceMark}` });
    }
    const external = strings(at(manifest, "spec", "externalIPs"));
    if (external.length > 0)
      report({ given: `spec.externalIPs has ${external.join(", ")}`, allowed: "no external addresses" });
  },
});
