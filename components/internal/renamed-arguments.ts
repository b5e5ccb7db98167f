/** Former names of arguments and settings, with the names that replaced them. Remove with version 1.0. */
export const renamedArguments: Readonly<Record<string, string>> = {
  entrance: "publicEndpoint",
  firstHost: "firstHostNumber",
  frontHost: "loadBalancerHostNumber",
  frontImage: "proxyImage",
  urlForm: "urlTemplate",
};
