// Class by class: importing the package's own index.js loads every one of its resources, a third of a plan's time.
export { AccessKey } from "@pulumi/aws/iam/accessKey.js";
export { InstanceProfile } from "@pulumi/aws/iam/instanceProfile.js";
export { ManagedPolicy } from "@pulumi/aws/types/enums/iam/index.js";
export { Role } from "@pulumi/aws/iam/role.js";
export { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
export { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
export { User } from "@pulumi/aws/iam/user.js";
export { UserPolicy } from "@pulumi/aws/iam/userPolicy.js";
