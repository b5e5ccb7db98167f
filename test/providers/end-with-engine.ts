/** Ends this program when the engine that started it is gone, also after a kill that the engine could not handle. */
export function endWithEngine(): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, 500).unref();
}
