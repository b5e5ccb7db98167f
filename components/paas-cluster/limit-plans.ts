/** What the restricted pod security standard asks of a pod and of a container. */
const restricted = {
  pod: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

/** Processors, and GiB of memory for each of them. */
const sizes = [1, 2, 4].flatMap((cpu) => [1, 2, 4].map((scale) => ({ cpu, memory: cpu * scale })));

/** When the plans were written down: the controller wants to know, and a plan has to be the same in every run. */
const written = "2026-11-21T00:00:00.000Z";

/**
 * The sizes that an app's processes may have, under the names of the chart's own plans, as the controller loads them. Unlike
 * those they keep apps within the restricted pod security standard. The first one is what a process gets unless it is told.
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
