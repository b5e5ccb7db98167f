import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const jenkinsDefaults = {
  agents: 1,
  agentExecutors: 2,
  agentVolumeGiB: 50,
  heapMiB: 1024,
  volumeGiB: 50,
};

/** Arguments that are also settings of a stack. */
export const jenkinsArguments = {
  agents: whole(bounds.jenkins.agents)
    .meta({ description: "Number of agent machines for builds.", default: jenkinsDefaults.agents })
    .optional(),
  agentExecutors: whole(bounds.jenkins.agentExecutors)
    .meta({
      description: "Number of parallel builds on each agent machine.",
      default: jenkinsDefaults.agentExecutors,
    })
    .optional(),
  agentSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the agent machines.", default: "`medium`" })
    .optional(),
  agentVolumeGiB: whole(bounds.jenkins.volumeGiB)
    .meta({
      description: "Size of the data volume of each agent machine, in GiB. It holds workspaces and images.",
      default: jenkinsDefaults.agentVolumeGiB,
    })
    .optional(),
  heapMiB: whole(bounds.jenkins.heapMiB)
    .meta({ description: "Size of the Java heap of Jenkins, in MiB.", default: jenkinsDefaults.heapMiB })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the Jenkins machine.", default: "`medium`" })
    .optional(),
  volumeGiB: whole(bounds.jenkins.volumeGiB)
    .meta({
      description: "Size of the volume of the Jenkins home, in GiB. A replaced machine keeps the volume.",
      default: jenkinsDefaults.volumeGiB,
    })
    .optional(),
};
