import type { Case } from "./case.ts";
import { allKilled, emptyVolume, serverKilled, staleFirst, writerPowerLoss } from "./crashes.ts";
import { etcdLeaderLoss, etcdLoss } from "./etcd.ts";
import { loadBalancerLoss, minorityPartition, writerOutOfSight } from "./network.ts";
import { rebootReader, rebootWriter, roll } from "./planned.ts";
import { foreignData, grow, shrink } from "./size.ts";

/** In the order in which they run. Each case needs a healthy cluster and leaves one. */
export const cases: readonly Case[] = [
  serverKilled,
  writerPowerLoss,
  rebootWriter,
  rebootReader,
  minorityPartition,
  loadBalancerLoss,
  writerOutOfSight,
  etcdLeaderLoss,
  etcdLoss,
  emptyVolume,
  foreignData,
  allKilled,
  staleFirst,
  roll,
  grow,
  shrink,
];
