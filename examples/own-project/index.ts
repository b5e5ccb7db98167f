import * as pulumi from "@pulumi/pulumi";
import { shop } from "./infrastructure.ts";

const config = new pulumi.Config();

export const { databaseAddress, connectionParameter, sessionsAddress } = shop({ image: config.require("image") });
