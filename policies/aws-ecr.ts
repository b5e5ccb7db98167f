import { allows, everyPrincipal, listOf, type Statement, statementName, statementsOf } from "./documents.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { isNot, isUnknown, objects, shown, strings, text } from "./values.ts";

const repositoryType = "aws:ecr/repository:Repository";
const documentTypes = ["aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy"];

interface RepositoryProps {
  imageTagMutability?: unknown;
  encryptionConfigurations?: unknown;
}

export const awsEcrImmutableTags = resourcePolicy<RepositoryProps>({
  name: "aws-ecr-immutable-tags",
  description: "A tag in a repository means the same image for ever.",
  severity: "high",
  ids: ["CKV_AWS_51"],
  remediation: 'set imageTagMutability to "IMMUTABLE".',
  appliesTo: [repositoryType],
  check({ props }, report) {
    if (isNot(props.imageTagMutability, "IMMUTABLE")) {
      report({ given: `imageTagMutability is ${shown(props.imageTagMutability)}`, allowed: '"IMMUTABLE"' });
    }
  },
});

export const awsEcrEncryption = resourcePolicy<RepositoryProps>({
  name: "aws-ecr-encryption",
  description: "Repositories are encrypted with a KMS key, whose use is on record.",
  severity: "medium",
  ids: ["CKV_AWS_136"],
  remediation: 'set encryptionConfigurations to [{ encryptionType: "KMS" }], with a kmsKey of your own if you like.',
  appliesTo: [repositoryType],
  check({ props }, report) {
    if (isUnknown(props.encryptionConfigurations)) return;
    const type = objects(props.encryptionConfigurations)[0]?.encryptionType;
    if (isUnknown(type) || type === "KMS" || type === "KMS_DSSE") return;
    report({ given: `encryptionConfigurations[0].encryptionType is ${shown(type)}`, allowed: '"KMS", "KMS_DSSE"' });
  },
});

export const awsEcrScanned = stackPolicy({
  name: "aws-ecr-scanned",
  description: "Every image is looked through for known weaknesses when it is pushed.",
  severity: "medium",
  ids: ["CKV_AWS_163"],
  remediation:
    "set imageScanningConfiguration.scanOnPush to true, or name the repository in a RegistryScanningConfiguration.",
  appliesTo: [repositoryType],
  check(resources, report) {
    const filters = resources
      .filter(({ type }) => type === "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
      .flatMap(({ props }) => objects(props.rules))
      .filter(({ scanFrequency }) => scanFrequency !== "MANUAL")
      .flatMap(({ repositoryFilters }) => objects(repositoryFilters).map(({ filter }) => text(filter)))
      .filter((filter) => filter !== undefined);
    for (const repository of resources.filter(({ type }) => type === repositoryType)) {
      const [scanning] = objects(repository.props.imageScanningConfiguration);
      const name = text(repository.props.name);
      if (!isNot(scanning?.scanOnPush, true) || isUnknown(repository.props.imageScanningConfiguration)) continue;
      if (name !== undefined && filters.some((filter) => matchesFilter(filter, name))) continue;
      report(repository, {
        given: `imageScanningConfiguration.scanOnPush is ${shown(scanning?.scanOnPush)}, and the registry's own rules leave the repository out`,
        allowed: "true",
      });
    }
  },
});

export const awsEcrLifecycle = stackPolicy({
  name: "aws-ecr-lifecycle",
  description: "Every repository says which images it keeps.",
  severity: "low",
  remediation: "add a LifecyclePolicy for the repository.",
  appliesTo: [repositoryType],
  check(resources, report) {
    const policies = resources.filter(({ type }) => type === "aws:ecr/lifecyclePolicy:LifecyclePolicy");
    for (const repository of resources.filter(({ type }) => type === repositoryType)) {
      if (policies.some((policy) => belongsTo(policy, repository))) continue;
      report(repository, {
        given: "there is no LifecyclePolicy for the repository",
        allowed: "one that removes old images",
      });
    }
  },
});

export const awsEcrNotPublic = resourcePolicy<{ policy?: unknown }>({
  name: "aws-ecr-not-public",
  description: "No repository is opened to everybody by its policy.",
  severity: "critical",
  ids: ["CKV_AWS_32"],
  remediation: "name the roles that push and pull in Principal.",
  appliesTo: documentTypes,
  check({ props }, report) {
    for (const [index, statement] of statementsOf(props.policy).entries()) {
      if (!allows(statement) || !(everyPrincipal(statement) || statement.NotPrincipal !== undefined)) continue;
      report({ given: `policy ${statementName(statement, index)} allows every principal`, allowed: "named roles" });
    }
  },
});

export const awsEcrNamedRoles = resourcePolicy<{ policy?: unknown }>({
  name: "aws-ecr-named-roles",
  description: "Repository policies let roles in, not whole accounts, and name what these may do.",
  severity: "medium",
  remediation: "name the role's ARN in Principal, and the actions one by one.",
  appliesTo: documentTypes,
  check({ props }, report) {
    for (const [index, statement] of statementsOf(props.policy).entries()) {
      if (!allows(statement)) continue;
      const name = `policy ${statementName(statement, index)}`;
      const accounts = awsPrincipals(statement).filter((principal) =>
        /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/.test(principal),
      );
      if (accounts.length > 0)
        report({ given: `${name} lets in all of ${accounts.join(", ")}`, allowed: "ARNs of roles" });
      const wild = listOf(statement.Action).filter((action) => action.includes("*"));
      if (wild.length > 0) report({ given: `${name} allows ${wild.join(", ")}`, allowed: "actions without *" });
    }
  },
});

function awsPrincipals({ Principal }: Statement): string[] {
  const principals = objects(Principal).flatMap(({ AWS }) => (typeof AWS === "string" ? [AWS] : strings(AWS)));
  return principals.filter((principal) => !isUnknown(principal));
}

/** A filter without `*` matches wherever it stands in a name. */
function matchesFilter(filter: string, name: string): boolean {
  if (!filter.includes("*")) return name.includes(filter);
  const pattern = filter.split("*").map((part) => part.replaceAll(/[.]/g, "\\."));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}

/** A policy belongs to a repository if its `repository` came from it, or names it. */
function belongsTo(policy: StackChecked, repository: StackChecked): boolean {
  const named = text(policy.props.repository);
  const names = [repository.props.name, repository.props.id].map(text);
  return (
    (policy.propertyDependencies.repository ?? []).includes(repository.urn) ||
    (named !== undefined && names.includes(named))
  );
}
