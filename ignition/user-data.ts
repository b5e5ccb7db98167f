/** Most bytes of user data a cloud takes: EC2 counts before base64, Nova 65,535 after it. */
export const userDataLimits = { aws: 16_384, openstack: 49_151 } as const;

/** Clouds that hand user data to a machine. */
export type UserDataCloud = keyof typeof userDataLimits;

/** The size of a user data in bytes; throws when the cloud would not take it. */
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
