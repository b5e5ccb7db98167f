// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
export { RegistryScanningConfiguration } from "@pulumi/aws/ecr/registryScanningConfiguration.js";
export { Repository } from "@pulumi/aws/ecr/repository.js";
export { RepositoryPolicy } from "@pulumi/aws/ecr/repositoryPolicy.js";
