/** Names of GitHub users and organizations. */
export const ownerPattern = /^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/;

/** Names of repositories, without the owner. */
export const repositoryPattern = /^[A-Za-z0-9._-]{1,100}$/;

/** Checks a branch name against the rules of Git. Patterns are not allowed. */
export function isBranch(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(name) && !/\.\.|\/\/|\/$|\.lock$|^refs\//.test(name);
}
