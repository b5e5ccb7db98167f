import { group, secret, text } from "../../components/internal/settings-schema.ts";

/** A bucket that is there, and a user of it. */
export const givenBucket = group({
  endpoint: text(/^https?:\/\/[^/\s]+$/, "the URL of an S3 API, such as https://swift.example.org"),
  name: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
  region: text(/^\S+$/, "the name of a region").optional(),
  accessKey: secret(/^\S+$/, "an access key"),
  secretKey: secret(/^\S+$/, "a secret key"),
});
