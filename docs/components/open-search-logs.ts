import type * as pulumi from "@pulumi/pulumi";
import { type Cloud, EtcdCluster, openSearchLogs } from "paasmas";

/** @param password From the stack's config, `requireSecret("logsPassword")`. */
export function loggedToOpenSearch(cloud: Cloud, password: pulumi.Input<string> = "a password of a user") {
  // Add the agent before the first machine: a machine that exists already is refused.
  cloud.addNodeAgent(
    openSearchLogs("logs", {
      host: "search.example.com",
      user: "writer",
      password,
      ca: "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n",
    }),
  );
  const etcd = new EtcdCluster("etcd", { cloud });
  return { endpoints: etcd.endpoints };
}
