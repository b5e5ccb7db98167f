import * as pulumi from "@pulumi/pulumi";
import type { MachineGroup } from "../cloud.ts";
import { factTypes } from "../facts.ts";
import { checkNameLength } from "./auto-name.ts";
import * as ec2 from "./sdk/ec2.ts";
import type { TagsOf } from "./tags.ts";

/** Spread placement group: machines of one zone are on different racks. At most seven machines in a zone. */
export class AwsMachineGroup extends pulumi.ComponentResource implements MachineGroup {
  readonly groupName: string;
  readonly placementGroup: pulumi.Output<string>;

  constructor(name: string, args: { tags: TagsOf }, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength("a machine group", name, [["aws:ec2/placementGroup:PlacementGroup", "-spread"]]);
    super(factTypes.machineGroup, name, {}, opts);
    this.groupName = name;
    const group = new ec2.PlacementGroup(
      `${name}-spread`,
      { strategy: ec2.PlacementStrategy.Spread, spreadLevel: "rack", tags: args.tags(name, name) },
      { parent: this },
    );
    this.placementGroup = group.name;
    this.registerOutputs({});
  }

  /** @throws TypeError if the group is from another cloud. */
  static from(group: MachineGroup): AwsMachineGroup {
    if (group instanceof AwsMachineGroup) return group;
    throw new TypeError("group: it belongs to another cloud; create it with group() of this cloud");
  }
}
