/** What the networks of all apps are in; it exists on the machine alone. */
export const appsRange = "172.30.0.0/16";

/** Apps that a machine has networks for. */
export const mostApps = 1024;

/** Seats of one app that its network has addresses for: its own and those of its previews. */
export const mostSeats = 30;

/** Addresses of an app's network: 64, of which the first is the machine's own. */
const size = 64;

export interface AppNetwork {
  cidr: string;
  /** Of its seats, two each: the blue slot's, the green one's. */
  addresses: string[];
}

/** The network of the app at a place in the list, with addresses for a number of seats. */
export function appNetwork(index: number, seats: number): AppNetwork {
  const first = index * size;
  const address = (offset: number) => `172.30.${(first + offset) >> 8}.${(first + offset) & 255}`;
  return {
    cidr: `${address(0)}/26`,
    addresses: Array.from({ length: seats * 2 }, (_, place) => address(place + 2)),
  };
}
