import { group, secret, text } from "../../components/internal/settings-schema.ts";

const bucket = {
  endpoint: text(/^https?:\/\/[^/\s]+$/, "the URL of an S3 API, such as https://swift.example.org"),
  name: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
  region: text(/^\S+$/, "the name of a region").optional(),
};
const accessKey = secret(/^\S+$/, "an access key");
const secretKey = secret(/^\S+$/, "a secret key");

/** An existing bucket for images, and a user that can access it. */
export const registryBucket = group({ ...bucket, accessKey, secretKey });

/** An existing bucket for logs, and a user that can access it. */
export const logsBucket = group({
  ...bucket,
  accessKey: accessKey.meta({
    description: "Access key of a user that can read, write, list and delete in the bucket.",
  }),
  secretKey: secretKey.meta({ description: "Secret key of the user; a secret." }),
}).meta({ description: "Bucket for the logs, instead of the data volume.", default: "none" });
