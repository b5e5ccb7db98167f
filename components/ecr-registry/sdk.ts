// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
export { RegistryScanningConfiguration } from "@pulumi/aws/ecr/registryScanningConfiguration.js";
export { Repository } from "@pulumi/aws/ecr/repository.js";
export { RepositoryPolicy } from "@pulumi/aws/ecr/repositoryPolicy.js";
