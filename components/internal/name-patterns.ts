/** Pattern of a lower-case DNS name with two or more labels; the last one is not a number: `ci.example.com`. */
export const domainPattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
