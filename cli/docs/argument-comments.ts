import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { z } from "zod";
import { loadBalancerArguments } from "../../components/database-load-balancer/settings-schema.ts";
import { bootVolumeArguments, openstackArguments } from "../../components/cloud/openstack/settings-schema.ts";
import {
  assumeRoleArguments,
  awsCloudArguments,
  awsVolumeArguments,
  loginArguments,
  webIdentityArguments,
} from "../../components/cloud/aws/settings-schema.ts";
import { lifecycleArguments } from "../../components/ecr-registry/settings-schema.ts";
import { etcdArguments } from "../../components/etcd-cluster/settings-schema.ts";
import { galeraArguments, galeraTuningArguments } from "../../components/galera-cluster/settings-schema.ts";
import { kubernetesArguments, kubernetesPoolArguments } from "../../components/kubernetes-cluster/settings-schema.ts";
import { appArguments, deployHookArguments } from "../../components/deploy-hook/settings-schema.ts";
import { logStoreArguments } from "../../components/log-store/settings-schema.ts";
import { monitoringArguments } from "../../components/monitoring-host/settings-schema.ts";
import { clusterMetricsArguments } from "../../components/cluster-metrics/settings-schema.ts";
import { registryArguments } from "../../components/machine-registry/settings-schema.ts";
import { jenkinsArguments } from "../../components/jenkins-host/settings-schema.ts";
import { githubFlowArguments } from "../../components/github-flow/settings-schema.ts";
import { paasArguments } from "../../components/paas-cluster/settings-schema.ts";
import { metaOf, unwrapped } from "../../components/internal/settings-schema.ts";
import type { Page } from "./pages.ts";

type Shape = Readonly<Record<string, z.ZodType>>;

/** Interfaces whose doc comments are written from the schema of their arguments. */
const interfaces: Record<string, Record<string, Shape>> = {
  "components/cloud/openstack/args.ts": {
    OpenstackCloudArgs: openstackArguments,
    OpenstackBootVolumeArgs: bootVolumeArguments,
  },
  "components/database-load-balancer/args.ts": { DatabaseLoadBalancerArgs: loadBalancerArguments },
  "components/cloud/aws/account.ts": { AwsAccountArgs: loginArguments },
  "components/cloud/aws/args.ts": { AwsCloudArgs: awsCloudArguments, AwsVolumeArgs: awsVolumeArguments },
  "components/cloud/aws/login.ts": {
    AwsLogin: loginArguments,
    AwsAssumeRoleArgs: assumeRoleArguments,
    AwsWebIdentityArgs: webIdentityArguments,
  },
  "components/etcd-cluster/args.ts": { EtcdClusterArgs: etcdArguments },
  "components/kubernetes-cluster/args.ts": {
    KubernetesClusterArgs: kubernetesArguments,
    KubernetesPoolArgs: kubernetesPoolArguments,
  },
  "components/deploy-hook/apps.ts": { DeployHookAppArgs: appArguments },
  "components/ecr-registry/policies.ts": { Lifecycle: lifecycleArguments },
  "components/deploy-hook/args.ts": { DeployHookArgs: deployHookArguments },
  "components/log-store/args.ts": { LogStoreArgs: logStoreArguments },
  "components/monitoring-host/args.ts": { MonitoringHostArgs: monitoringArguments },
  "components/cluster-metrics/args.ts": { ClusterMetricsArgs: clusterMetricsArguments },
  "components/machine-registry/args.ts": { MachineRegistryArgs: registryArguments },
  "components/jenkins-host/args.ts": { JenkinsHostArgs: jenkinsArguments },
  "components/github-flow/args.ts": { GithubFlowArgs: githubFlowArguments },
  "components/paas-cluster/args.ts": { PaasClusterArgs: paasArguments },
  "components/galera-cluster/args.ts": { GaleraClusterArgs: galeraArguments, GaleraTuningArgs: galeraTuningArguments },
};

/** The files with these interfaces, with new doc comments. */
export function filesWithComments(root: string): Page[] {
  return Object.entries(interfaces).map(([path, shapes]) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, fresh: withComments(text, path, shapes) };
  });
}

function withComments(text: string, path: string, shapes: Record<string, Shape>): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const members = source.statements
    .filter(ts.isInterfaceDeclaration)
    .flatMap((one) =>
      one.members.map((member) => ({ member, schema: shapes[one.name.text]?.[nameOf(member, source)] })),
    );
  // From the end: a replacement does not move the members before it.
  return members.reverse().reduce((changed, { member, schema }) => {
    if (schema === undefined) return changed;
    const [start, end] = [member.getFullStart(), member.getStart(source)];
    return `${changed.slice(0, start)}\n${comment(unwrapped(schema))}\n  ${changed.slice(end)}`;
  }, text);
}

function nameOf(member: ts.TypeElement, source: ts.SourceFile): string {
  return member.name?.getText(source) ?? "";
}

function comment(schema: z.ZodType): string {
  const { description = "", allowed, default: value } = metaOf(schema);
  const lines = [
    ...wrapped(description, 120 - "   * ".length),
    // The type of other arguments names their values.
    ...(schema instanceof z.ZodNumber ? [`Allowed: ${allowed}.`] : []),
    ...(value === undefined ? [] : [`Default: ${value}.`]),
  ];
  return ["  /**", ...lines.map((line) => `   * ${line}`), "   */"].join("\n");
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
