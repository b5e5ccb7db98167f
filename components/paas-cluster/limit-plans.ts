/** Security contexts of the restricted pod security standard, for a pod and a container. */
const restricted = {
  pod: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

/** CPUs, and memory in GiB. */
const sizes = [1, 2, 4].flatMap((cpu) => [1, 2, 4].map((scale) => ({ cpu, memory: cpu * scale })));

/** Fixed date of the plans: the controller requires one, and the chart values must be the same in every run. */
const written = "2026-11-21T00:00:00.000Z";

/**
 * Sizes for the processes of apps, in the format of the controller and with the names of the chart's plans. Unlike the
 * chart's plans they comply with the restricted pod security standard. The first one is the default.
 */
export function limitPlans(): string {
  return JSON.stringify(
    sizes.map(({ cpu, memory }, index) => ({
      model: "api.limitplan",
      pk: `std1.large.c${cpu}m${memory}`,
      fields: {
        spec_id: "std1",
        cpu,
        memory,
        features: { gpu: 0, network: 1 },
        disabled: false,
        priority: 100 * (index + 1),
        limits: { cpu, memory: `${memory}Gi`, "ephemeral-storage": "4Gi" },
        requests: { cpu: cpu / 4, memory: `${memory / 2}Gi`, "ephemeral-storage": "1Gi" },
        annotations: {},
        node_selector: {},
        runtime_class_name: "",
        pod_security_context: restricted.pod,
        container_security_context: restricted.container,
        created: written,
        updated: written,
      },
    })),
  );
}
