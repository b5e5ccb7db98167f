import type { LoadBalancerPort } from "../cloud/cloud.ts";

const http = {
  port: 80,
  targetPort: 30080,
  description: "apps, and the platform's own parts among themselves",
} satisfies LoadBalancerPort;
const https = { port: 443, targetPort: 30443, description: "apps and the platform's API" } satisfies LoadBalancerPort;
const git = { port: 2222, targetPort: 30222, description: "git push to the platform" } satisfies LoadBalancerPort;

/** Ports of the gateway: those of its address, of the nodes behind it, and of its pods. */
export const gatewayPorts = {
  https,
  /** What the load balancer listens on. */
  loadBalancer: (gitPush: boolean): LoadBalancerPort[] => [http, https, ...(gitPush ? [git] : [])],
  /** Where the pods listen. */
  pods: (gitPush: boolean): number[] => [8000, 8443, ...(gitPush ? [git.port] : [])],
  /** The proxy's Service as Kong's chart takes it: its ports have to be those that the apps' gateways listen on. */
  proxy: (gitPush: boolean) => ({
    type: "NodePort",
    http: { nodePort: http.targetPort },
    tls: { nodePort: https.targetPort },
    stream: gitPush
      ? [{ containerPort: git.port, servicePort: git.port, nodePort: git.targetPort, protocol: "TCP" }]
      : [],
  }),
  /** kube-proxy's own answer on each node: whether it forwards connections. */
  health: { port: 10256, path: "/healthz" },
};
