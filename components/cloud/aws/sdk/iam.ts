// Imports single classes: the index.js of the package loads all its resources, a third of the time of a plan.
export { AccessKey } from "@pulumi/aws/iam/accessKey.js";
export { InstanceProfile } from "@pulumi/aws/iam/instanceProfile.js";
export { ManagedPolicy } from "@pulumi/aws/types/enums/iam/index.js";
export { Role } from "@pulumi/aws/iam/role.js";
export { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
export { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
export { User } from "@pulumi/aws/iam/user.js";
export { UserPolicy } from "@pulumi/aws/iam/userPolicy.js";
