// Class by class: importing the package's own index.js loads every one of its resources.
export { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
export { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
export { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob.js";
export { Job } from "@pulumi/kubernetes/batch/v1/job.js";
export { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
export { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange.js";
export { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
export { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
export { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
export { Release } from "@pulumi/kubernetes/helm/v3/release.js";
export { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
export { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
export { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
export { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
export { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
export { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass.js";
export { ConfigFile } from "@pulumi/kubernetes/yaml/v2/configFile.js";
