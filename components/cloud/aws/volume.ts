import type { AwsVolumeArgs } from "./args.ts";

/** Performance that the price of a gp3 volume includes. */
const included = { iops: 3000, throughputMiBps: 125 };

/** Limits of AWS for gp3 volumes: IOPS for each GiB, and IOPS for each MiB/s. */
const [iopsPerGiB, iopsPerMiBps] = [500, 4];

/**
 * Problems of the performance of a gp3 volume, in addition to its bounds.
 * @param what The volume, in words.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
 */
export function volumeProblems(
  what: string,
  sizeGiB: number,
  { iops = included.iops, throughputMiBps = included.throughputMiBps }: AwsVolumeArgs,
): { path: string; message: string }[] {
  const mostIops = Math.max(included.iops, iopsPerGiB * sizeGiB);
  const mostThroughput = Math.floor(iops / iopsPerMiBps);
  const problems: { path: string; message: string }[] = [];
  if (iops > mostIops) {
    const message = `${iops} is too much for ${what} of ${sizeGiB} GiB; use at most ${mostIops}, or a larger volume`;
    problems.push({ path: "iops", message });
  }
  if (throughputMiBps > mostThroughput) {
    const needed = throughputMiBps * iopsPerMiBps;
    const message = `${throughputMiBps} needs ${needed} IOPS; use at most ${mostThroughput}, or set iops to ${needed}`;
    problems.push({ path: "throughputMiBps", message });
  }
  return problems;
}
