/** Settings of the HAProxy config of a load balancer. */
export interface BalancerSettings {
  ports: readonly { port: number; targetPort: number }[];
  targets: readonly { name: string; address: string }[];
  /** HTTP health check of a target: status 200 is healthy. */
  health: { port: number; path: string };
}

/**
 * Returns an HAProxy config that forwards TCP to healthy targets. HAProxy detects a failed target within a second and
 * closes its connections, so that clients reconnect. HAProxy requires the newline at the end.
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
    // The idle timeout of MySQL. A shorter timeout would close pooled connections.
    "  timeout client 8h",
    "  timeout server 8h",
    "  retries 3",
    "  option redispatch",
    "  option clitcpka",
    "  option srvtcpka",
    ...settings.ports.flatMap(listen),
  ].join("\n")}\n`;
}
