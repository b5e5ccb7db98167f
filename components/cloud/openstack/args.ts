import type { MachineSize } from "../cloud.ts";

/** Volume from which a machine boots. */
export interface OpenstackBootVolumeArgs {
  /**
   * Size of the volume, in GiB. It must not be smaller than the image's minimum disk. A change replaces the machines
   * one at a time.
   * Allowed: a whole number from 10 to 16384 GiB.
   */
  sizeGiB: number;
  /**
   * Volume type of Cinder, for example a type with encryption. A change replaces the machines one at a time.
   * Default: `volumeType` of the cloud, or else the default type of Cinder.
   */
  volumeType?: string;
}

export interface OpenstackCloudArgs {
  /**
   * CIDR range of the private network, a /26 or larger.
   * OpenStack uses the last quarter for its own addresses; host numbers use the rest.
   */
  cidr: string;
  /**
   * Name of the flavor for each used size. The flavor must have a local disk for the system, unless `bootVolume` is
   * set.
   */
  flavors: Partial<Record<MachineSize, string>>;
  /**
   * Id of the image of the machines: Fedora CoreOS, or another image with Ignition >= 2.15.
   * Default: none; one of `imageId` and `imageName` is required.
   * A change replaces the machines one at a time.
   */
  imageId?: string;
  /**
   * Name of the image, instead of its id. Exactly one image must have this name; a new image with it replaces the
   * machines.
   * Default: none; one of `imageId` and `imageName` is required.
   */
  imageName?: string;
  /**
   * Id of the external network, to which the component creates a router.
   * Default: no router; the machines then need another route to Swift and to the image registry.
   */
  externalNetworkId?: string;
  /**
   * Name servers of the machines.
   * Default: the name servers of Neutron.
   */
  dnsServers?: readonly string[];
  /**
   * Availability zones of Nova and Cinder. Consecutive host numbers use different zones.
   * Default: OpenStack selects the zone.
   */
  zones?: readonly string[];
  /**
   * Whether machines of one group must run on different hosts (`required`), or should (`preferred`).
   * Default: `required`; a group with more machines than hosts then fails with "No valid host".
   */
  antiAffinity?: "required" | "preferred";
  /**
   * Volume type of Cinder for data volumes, for example a type with encryption.
   * Default: the default type of Cinder.
   */
  volumeType?: string;
  /**
   * Volume from which each machine boots, with the image on it. Flavors without a local disk need it. Nova creates it
   * with its machine, and deletes it with its machine. Data volumes do not change. A change replaces the machines one
   * at a time.
   * Default: none, machines boot from the local disk of their flavor.
   */
  bootVolume?: OpenstackBootVolumeArgs;
  /**
   * Availability zone of all data volumes, for a cloud whose zones of Cinder are not those of Nova (`openstack
   * availability zone list --volume`). A change replaces the volumes: they lose their data.
   * Default: the zone of the machine.
   */
  volumeZone?: string;
  /**
   * MTU of the private network, in bytes. Machines learn it by DHCP: restart them after a change. Neutron needs the
   * extension `net-mtu-writable`.
   * Allowed: a whole number from 1280 to 9216 bytes.
   * Default: Neutron's value for the type of the network.
   */
  mtu?: number;
  /**
   * Whether object stores keep old versions of objects. Set it to false if the cloud has no versioning, as with Ceph or
   * without Swift's `allow_object_versioning`. With true, each update then reports a difference. Without versioning, an
   * overwritten or deleted object is lost: backups, snapshots and images cannot be recovered, also if the holder of an
   * upload URL overwrites them.
   * Default: true.
   */
  objectVersioning?: boolean;
  /**
   * Public SSH keys that may log in as `core`.
   * Default: none, logins are not possible.
   */
  sshAuthorizedKeys?: readonly string[];
  /**
   * Region whose Swift endpoint is the `endpoint` of object stores.
   * Default: the region of the provider (`OS_REGION_NAME`), or else the first region in the service catalog.
   */
  region?: string;
  /**
   * Whether data volumes and object stores are protected, and kept when the stack is destroyed.
   * Default: false.
   */
  retainData?: boolean;
}
