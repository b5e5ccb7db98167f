import type { LoadBalancerPort } from "../cloud/cloud.ts";

const http = {
  port: 80,
  targetPort: 30080,
  description: "apps, and the platform's own parts among themselves",
} satisfies LoadBalancerPort;
const https = { port: 443, targetPort: 30443, description: "apps and the platform's API" } satisfies LoadBalancerPort;
const git = { port: 2222, targetPort: 30222, description: "git push to the platform" } satisfies LoadBalancerPort;

/** Ports of the gateway: of its load balancer, of the nodes, and of its pods. */
export const gatewayPorts = {
  https,
  /** Ports of the load balancer. */
  loadBalancer: (gitPush: boolean): LoadBalancerPort[] => [http, https, ...(gitPush ? [git] : [])],
  /** Ports of the pods. */
  pods: (gitPush: boolean): number[] => [8000, 8443, ...(gitPush ? [git.port] : [])],
  /** Service of the proxy, as values of Kong's chart. Its ports must be the ports of the apps' gateways. */
  proxy: (gitPush: boolean) => ({
    type: "NodePort",
    http: { nodePort: http.targetPort },
    tls: { nodePort: https.targetPort },
    stream: gitPush
      ? [{ containerPort: git.port, servicePort: git.port, nodePort: git.targetPort, protocol: "TCP" }]
      : [],
  }),
  /** Health check of kube-proxy on each node. */
  health: { port: 10256, path: "/healthz" },
};
