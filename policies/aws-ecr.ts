import { allows, everyPrincipal, listOf, type Statement, statementName, statementsOf } from "./documents.ts";
import { resourcePolicy, stackPolicy } from "./policy.ts";
import { refersTo } from "./references.ts";
import { at, first, isNot, isUnknown, objects, shown, strings, text } from "./values.ts";

const repositoryType = "aws:ecr/repository:Repository";
const documentTypes = ["aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy"];

interface RepositoryProps {
  imageTagMutability?: unknown;
  encryptionConfigurations?: unknown;
}

export const awsEcrImmutableTags = resourcePolicy<RepositoryProps>({
  name: "aws-ecr-immutable-tags",
  description: "Tags are immutable: a tag always names the same image.",
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
  description: "Repositories are encrypted with a KMS key, so that CloudTrail records each use of the key.",
  severity: "medium",
  ids: ["CKV_AWS_136"],
  remediation: 'set encryptionConfigurations to [{ encryptionType: "KMS" }]; kmsKey is optional.',
  appliesTo: [repositoryType],
  check({ props }, report) {
    const type = at(first(props.encryptionConfigurations), "encryptionType");
    if (isUnknown(type) || type === "KMS" || type === "KMS_DSSE") return;
    report({ given: `encryptionConfigurations[0].encryptionType is ${shown(type)}`, allowed: '"KMS", "KMS_DSSE"' });
  },
});

export const awsEcrScanned = stackPolicy({
  name: "aws-ecr-scanned",
  description: "Every image is scanned for known vulnerabilities when it is pushed.",
  severity: "medium",
  ids: ["CKV_AWS_163"],
  remediation:
    "set imageScanningConfiguration.scanOnPush to true, or name the repository in a RegistryScanningConfiguration.",
  appliesTo: [repositoryType],
  check(resources, report) {
    const rules = resources
      .filter(({ type }) => type === "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration")
      .flatMap(({ props }) => props.rules)
      .filter((rule) => at(rule, "scanFrequency") !== "MANUAL");
    const filters = rules
      .flatMap((rule) => at(rule, "repositoryFilters"))
      .map((filter) => at(filter, "filter"))
      .filter((filter) => filter !== undefined);
    for (const repository of resources.filter(({ type }) => type === repositoryType)) {
      const [scanning] = objects(repository.props.imageScanningConfiguration);
      const name = text(repository.props.name);
      if (!isNot(scanning?.scanOnPush, true) || isUnknown(repository.props.imageScanningConfiguration)) continue;
      if (filters.length > 0 && isUnknown(repository.props.name)) continue;
      if (filters.some((filter) => isUnknown(filter) || matchesFilter(text(filter), name))) continue;
      const value = shown(scanning?.scanOnPush);
      report(repository, {
        given: `imageScanningConfiguration.scanOnPush is ${value}, and no registry rule scans the repository`,
        allowed: "true",
      });
    }
  },
});

export const awsEcrLifecycle = stackPolicy({
  name: "aws-ecr-lifecycle",
  description: "Every repository has a lifecycle policy that removes old images.",
  severity: "low",
  remediation: "add a LifecyclePolicy for the repository.",
  appliesTo: [repositoryType],
  check(resources, report) {
    const policies = resources.filter(({ type }) => type === "aws:ecr/lifecyclePolicy:LifecyclePolicy");
    for (const repository of resources.filter(({ type }) => type === repositoryType)) {
      const names = [repository.props.name, repository.props.id];
      if (policies.some((policy) => refersTo(policy, "repository", repository, names) !== false)) continue;
      report(repository, {
        given: "the repository has no LifecyclePolicy",
        allowed: "a LifecyclePolicy that removes old images",
      });
    }
  },
});

export const awsEcrNotPublic = resourcePolicy<{ policy?: unknown }>({
  name: "aws-ecr-not-public",
  description: "No repository policy gives access to every principal.",
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
  description: "Repository policies give access to named roles, not to whole accounts, and list each allowed action.",
  severity: "medium",
  remediation: "set Principal to the ARN of the role, and list each action.",
  appliesTo: documentTypes,
  check({ props }, report) {
    for (const [index, statement] of statementsOf(props.policy).entries()) {
      if (!allows(statement)) continue;
      const name = `policy ${statementName(statement, index)}`;
      const accounts = awsPrincipals(statement).filter((principal) =>
        /^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/.test(principal),
      );
      if (accounts.length > 0)
        report({ given: `${name} allows every principal of ${accounts.join(", ")}`, allowed: "ARNs of roles" });
      const wild = listOf(statement.Action).filter((action) => action.includes("*"));
      if (wild.length > 0) report({ given: `${name} allows ${wild.join(", ")}`, allowed: "actions without *" });
    }
  },
});

function awsPrincipals({ Principal }: Statement): string[] {
  const principals = objects(Principal).flatMap(({ AWS }) => (typeof AWS === "string" ? [AWS] : strings(AWS)));
  return principals.filter((principal) => !isUnknown(principal));
}

/** A filter without `*` matches any part of a name. */
function matchesFilter(filter: string | undefined, name: string | undefined): boolean {
  if (filter === undefined || name === undefined) return false;
  if (!filter.includes("*")) return name.includes(filter);
  const pattern = filter.split("*").map((part) => part.replaceAll(/[.]/g, "\\."));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}
