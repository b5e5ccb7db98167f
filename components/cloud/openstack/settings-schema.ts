import { flag, group, text, whole } from "../../internal/settings-schema.ts";

/** A name that the operator of the cloud has given. Public clouds use spaces, for example in flavors. */
export const existingName = (what: string) => text(/^\S([\S ]{0,253}\S)?$/, what);

/** Arguments of `bootVolume`, which are also settings of a stack. */
export const bootVolumeArguments = {
  sizeGiB: whole({ min: 10, max: 16384, unit: "GiB" }).meta({
    description:
      "Size of the volume, in GiB. It must not be smaller than the image's minimum disk. " +
      "A change replaces the machines one at a time.",
  }),
  volumeType: existingName("a volume type of Cinder")
    .meta({
      description:
        "Volume type of Cinder, for example a type with encryption. A change replaces the machines one at a time.",
      default: "`volumeType` of the cloud, or else the default type of Cinder",
    })
    .optional(),
};

/** Arguments that are also settings of a stack. */
export const openstackArguments = {
  bootVolume: group(bootVolumeArguments)
    .meta({
      description:
        "Volume from which each machine boots, with the image on it. Flavors without a local disk need it. " +
        "Nova creates it with its machine, and deletes it with its machine. Data volumes do not change. " +
        "A change replaces the machines one at a time.",
      default: "none, machines boot from the local disk of their flavor",
    })
    .optional(),
  volumeZone: existingName("the name of an availability zone of Cinder")
    .meta({
      description:
        "Availability zone of all data volumes, for a cloud whose zones of Cinder are not those of Nova " +
        "(`openstack availability zone list --volume`). A change replaces the volumes: they lose their data.",
      default: "the zone of the machine",
    })
    .optional(),
  mtu: whole({ min: 1280, max: 9216, unit: "bytes" })
    .meta({
      description:
        "MTU of the private network, in bytes. Machines learn it by DHCP: restart them after a change. " +
        "Neutron needs the extension `net-mtu-writable`.",
      default: "Neutron's value for the type of the network",
    })
    .optional(),
  objectVersioning: flag()
    .meta({
      description:
        "Whether object stores keep old versions of objects. Set it to false if the cloud has no versioning, as " +
        "with Ceph or without Swift's `allow_object_versioning`. With true, each update then reports a difference. " +
        "Without versioning, an overwritten or deleted object is lost: backups, snapshots and images cannot be " +
        "recovered, also if the holder of an upload URL overwrites them.",
      default: true,
    })
    .optional(),
};
