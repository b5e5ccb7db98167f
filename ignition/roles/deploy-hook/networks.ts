/** What the networks of all apps are in; it exists on the machine alone. */
export const appsRange = "172.30.0.0/16";

/** Apps that a machine has networks for. */
export const maxApps = 256;

/** Seats of one app that there are networks for: its own and those of its previews. */
export const maxPreviewIndexes = 30;

/** Addresses that an app has, and each slot of them: its network's own, the machine's, the container's, the broadcast's. */
const ofApp = 256;
const ofSlot = 4;

/** What all addresses of the app at a place in the list are in. */
export function appRange(index: number): string {
  return `172.30.${index}.0/24`;
}

/**
 * Container addresses of the app at an index: for each preview index, the blue slot's and the green slot's.
 * Each address has a separate /30 network, which app-run creates again at every start.
 */
export function appAddresses(index: number, previewIndexes: number): string[] {
  return Array.from({ length: previewIndexes * 2 }, (_, place) => {
    const address = index * ofApp + place * ofSlot + 2;
    return `172.30.${address >> 8}.${address & 255}`;
  });
}
