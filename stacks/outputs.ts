import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection, DatabaseLoadBalancer } from "../components/database-load-balancer.ts";

/** What a stack tells its users: `pulumi stack output`. */
export interface Outputs extends Record<string, unknown> {
  /** Where the database is. */
  databaseAddress: pulumi.Output<string>;
  /** Certificate that clients verify the database with (PEM). */
  databaseCa: pulumi.Output<string>;
  /** The environment for each database's application, by the name of the database; secret. */
  connections: pulumi.Output<Record<string, DatabaseConnection>>;
}

/** The outputs of the database tier. */
export function databaseOutputs(database: DatabaseLoadBalancer): Outputs {
  const connections = Object.fromEntries(
    database.galera.databases.map(({ name }) => [name, database.connection(name)]),
  );
  return {
    databaseAddress: database.address,
    databaseCa: database.galera.caCertificate,
    connections: pulumi.secret(pulumi.all(connections)),
  };
}
