/** Names of users and organizations, as GitHub has them. */
export const ownerPattern = /^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/;

/** Names of repositories, without their owner's. */
export const repositoryPattern = /^[A-Za-z0-9._-]{1,100}$/;

/** Whether a name is one of a branch: Git's own rules, and no pattern. */
export function isBranch(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(name) && !/\.\.|\/\/|\/$|\.lock$|^refs\//.test(name);
}
