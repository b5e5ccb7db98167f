import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancer } from "../cloud/cloud.ts";

/** Service for clients. `paasmas up` asks it at its end. */
export interface Endpoint {
  /** URL for clients: `https://jenkins.example.com/`, `mysql://10.0.0.40:3306`, `tcp://apps.example.com:443`. */
  url: string;
  /** Address and port for a connection from outside of the private network. Absent: only that network reaches it. */
  at?: string;
  /** Authority of its certificate (PEM). Absent: a public one, or no certificate. */
  ca?: string;
  /** Address ranges that may connect. Absent without {@link at}. */
  from?: readonly string[];
}

/** Returns the endpoint at a port of a load balancer. */
export function balancedEndpoint(
  balancer: LoadBalancer,
  port: number,
  url: pulumi.Input<string>,
  ca?: pulumi.Input<string>,
): pulumi.Output<Endpoint> {
  return pulumi.all([url, balancer.outside(port), ca]).apply(([address, at, authority]) => ({
    url: address,
    ...(authority !== undefined && { ca: authority }),
    ...(at !== undefined && { at, from: balancer.allowFrom }),
  }));
}
