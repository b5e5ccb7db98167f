import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "../../internal/argument-check.ts";

/**
 * Returns the id of the one image with a name.
 * @param path Path of the argument, for the message.
 * @throws ArgumentError if no image or several images have this name.
 */
export function imageByName(path: string, name: string, parent: pulumi.Resource): pulumi.Output<string> {
  const found = openstack.images.getImage({ name, mostRecent: false }, { parent });
  return pulumi.output(explained(found, `${path}: ${JSON.stringify(name)}`, imageTexts)).id;
}

/**
 * Returns the name of a network.
 * @throws ArgumentError if there is no network with this id.
 */
export function networkName(id: pulumi.Input<string>, parent: pulumi.Resource): pulumi.Output<string> {
  return pulumi.output(id).apply(async (networkId) => {
    const found = openstack.networking.getNetwork({ networkId }, { parent });
    const { name } = await explained(found, `externalNetworkId: ${JSON.stringify(networkId)}`, networkTexts);
    return name!;
  });
}

/** What is wrong with the given value, and what to do. */
interface Texts {
  none: string;
  several: string;
}

const imageTexts: Texts = {
  none: "is not the name of an image that this project can use; use a name of `openstack image list`",
  several: "is the name of several images; use imageId instead, with an id of `openstack image list`",
};

const networkTexts: Texts = {
  none: "is not the id of a network that this project can use; use an id of `openstack network list --external`",
  several: "is the id of several networks; use an id of `openstack network list --external`",
};

/** The answer of the provider. Its errors about a missing object name neither the argument nor the remedy. */
async function explained<Answer>(answer: Promise<Answer>, given: string, { none, several }: Texts): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const message = String((error as Error | undefined)?.message);
    if (/returned no results/i.test(message)) throw new ArgumentError([`${given} ${none}`]);
    if (/returned more than one result/i.test(message)) throw new ArgumentError([`${given} ${several}`]);
    throw error;
  }
}
