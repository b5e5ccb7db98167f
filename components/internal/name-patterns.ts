/** A DNS name of two labels or more in lower case, the last one no number: `ci.example.com`. */
export const domainPattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;
