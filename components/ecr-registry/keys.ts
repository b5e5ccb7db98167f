/** Pattern of the name of an environment that pulls with keys. */
export const pullerPattern = /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/;

/** Description of {@link pullerPattern}. */
export const pullerRule = "up to 24 lower-case letters, digits and inner hyphens, such as staging";

/** Pattern of the host of an ECR. */
export const ecrHostPattern = /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/** Description of {@link ecrHostPattern}. */
export const ecrHostRule = "one such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com";

/** Patterns of the keys of an AWS user, with their descriptions. */
export const keyForms = {
  accessKey: { form: /^\w{16,128}$/, rule: "16 to 128 letters, digits and _" },
  secretKey: { form: /^[\x21-\x7e]{16,256}$/, rule: "16 to 256 printable ASCII characters without spaces" },
};
