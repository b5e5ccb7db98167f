export { group, user } from "./accounts.ts";
export type { GroupArgs, UserArgs } from "./accounts.ts";
export { config } from "./config.ts";
export { dataVolume, dataVolumeFile } from "./data-volume.ts";
export type { DataVolumeArgs } from "./data-volume.ts";
export { envFile } from "./env-file.ts";
export type { EnvFileArgs } from "./env-file.ts";
export { IgnitionError } from "./error.ts";
export { directory, file, fileFromDisk, link } from "./files.ts";
export type { DirectoryArgs, FileArgs, FileFromDiskArgs, LinkArgs, Owner } from "./files.ts";
export { merge } from "./merge.ts";
export { staticNetwork } from "./network.ts";
export type { StaticNetworkArgs } from "./network.ts";
export { pointer } from "./pointer.ts";
export type { PointerArgs } from "./pointer.ts";
export { render, sha512 } from "./render.ts";
export { configSchema, specVersion } from "./spec.ts";
export type {
  Config,
  Directory,
  File,
  Fragment,
  Issue,
  Link,
  PasswdGroup,
  PasswdUser,
  Resource,
  Unit,
  Verdict,
} from "./spec.ts";
export { dropin, unit } from "./units.ts";
export type { DropinArgs, UnitArgs } from "./units.ts";
export { checkUserData, userDataLimits } from "./user-data.ts";
export type { UserDataCloud } from "./user-data.ts";
export { parse, validate } from "./validate.ts";
export type { ParseOptions } from "./validate.ts";
