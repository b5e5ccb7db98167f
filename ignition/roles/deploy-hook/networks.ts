/** Address range of the networks of all apps. It exists only on the machine. */
export const appsRange = "172.30.0.0/16";

/** Maximum number of apps on a machine: each one has a /24. */
export const maxApps = 256;

/** Maximum number of preview indexes of one app: 0 is the app itself, the others are its previews. */
export const maxPreviewIndexes = 30;

/** Addresses of an app, and of each slot: network, machine, container, broadcast. */
const ofApp = 256;
const ofSlot = 4;

/** Address range of the app at this index of the list. */
export function appRange(index: number): string {
  return `172.30.${index}.0/24`;
}

/**
 * Container addresses of the app at this index of the list: for each preview index, the blue slot's and the green
 * slot's. Each address has a separate /30 network, which app-run creates again at every start.
 */
export function appAddresses(index: number, previewIndexes: number): string[] {
  return Array.from({ length: previewIndexes * 2 }, (_, slot) => {
    const address = index * ofApp + slot * ofSlot + 2;
    return `172.30.${address >> 8}.${address & 255}`;
  });
}
