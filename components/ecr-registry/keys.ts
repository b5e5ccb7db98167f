/** What a place that pulls with keys may be called. */
export const pullerPattern = /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/;

/** {@link pullerPattern} in words. */
export const pullerRule = "up to 24 lower-case letters, digits and inner hyphens, such as staging";

/** Host of an ECR. */
export const ecrHostPattern = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/** {@link ecrHostPattern} in words. */
export const ecrHostRule = "one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com";

/** What the keys of a user of AWS look like, and that in words. */
export const keyForms = {
  accessKey: { form: /^\w{16,128}$/, rule: "16 to 128 letters, digits and _" },
  secretKey: { form: /^[\x21-\x7e]{16,256}$/, rule: "16 to 256 printable ASCII characters without spaces" },
};
