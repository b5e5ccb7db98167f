/** Maximum user data in bytes. EC2 counts before base64; Nova allows 65,535 bytes after it. */
export const userDataLimits = { aws: 16_384, openstack: 49_151 } as const;

/** Clouds with user data. */
export type UserDataCloud = keyof typeof userDataLimits;

/** Size of user data in bytes. @throws RangeError if the cloud does not allow that size. */
export function checkUserData(cloud: UserDataCloud, text: string): number {
  const bytes = Buffer.byteLength(text, "utf8");
  const allowed = userDataLimits[cloud];
  if (bytes > allowed) {
    throw new RangeError(
      `user data: ${bytes} bytes are given, ${cloud} allows ${allowed}; deliver the config through the object store`,
    );
  }
  return bytes;
}
