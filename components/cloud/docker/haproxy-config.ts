/** What the load balancer's HAProxy needs to know. */
export interface BalancerSettings {
  ports: readonly { port: number; targetPort: number }[];
  targets: readonly { name: string; address: string }[];
  /** HTTP health check of a target: 200 is healthy. */
  health: { port: number; path: string };
}

/**
 * HAProxy's configuration for passing TCP through to healthy targets. A target that dies is noticed within a second
 * and its connections are cut, so that clients reconnect instead of waiting for the dead. The last line ends in a
 * newline, which HAProxy insists on.
 */
export function haproxyConfig(settings: BalancerSettings): string {
  const { health } = settings;
  const listen = ({ port, targetPort }: { port: number; targetPort: number }) => [
    "",
    `listen tcp-${port}`,
    `  bind :${port}`,
    `  option httpchk GET ${health.path}`,
    `  default-server check port ${health.port} inter 300ms fall 2 rise 2 on-marked-down shutdown-sessions`,
    ...settings.targets.map((target) => `  server ${target.name} ${target.address}:${targetPort}`),
  ];
  return `${[
    "global",
    "  log stdout format raw local0 notice",
    "  maxconn 4096",
    "",
    "defaults",
    "  mode tcp",
    "  log global",
    "  balance roundrobin",
    "  timeout connect 1s",
    "  timeout check 500ms",
    // As long as MySQL keeps an idle connection; a shorter one would cut pooled connections.
    "  timeout client 8h",
    "  timeout server 8h",
    "  retries 3",
    "  option redispatch",
    "  option clitcpka",
    "  option srvtcpka",
    ...settings.ports.flatMap(listen),
  ].join("\n")}\n`;
}
