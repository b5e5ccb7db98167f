import { cisKubernetes } from "./ids.ts";
import { podPolicy } from "./kubernetes-pods.ts";
import { secretNamed, secretsIn } from "./secrets.ts";
import { at, isNot, isUnknown, objects, shown, strings, text } from "./values.ts";

export const kubernetesImageDigest = podPolicy({
  name: "kubernetes-image-digest",
  description: "Images are pinned by digest, so that every node always runs the tested image.",
  severity: "medium",
  ids: ["CKV_K8S_14", "CKV_K8S_43"],
  remediation: "add the digest to the image name: name:tag@sha256:...",
  check({ containers }, report) {
    for (const { path, spec } of containers) {
      const image = text(spec.image);
      if (image === undefined || /@sha256:[0-9a-f]{64}$/.test(image)) continue;
      const meaning = /(^|\/)[^/:@]+$/.test(image) ? ", which means latest" : "";
      report({ given: `${path}.image is "${image}"${meaning}`, allowed: "a digest (@sha256:...)" });
    }
  },
});

export const kubernetesResources = podPolicy({
  name: "kubernetes-resources",
  description: "Every container has requests and limits of CPU and memory.",
  severity: "medium",
  ids: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"],
  remediation: "set resources.requests and resources.limits, each with cpu and memory.",
  check({ object, spec: pod, containers }, report) {
    if (object.patch) return;
    const allowed = "requests and limits of cpu and memory";
    for (const { path, spec, ephemeral } of containers) {
      // The API does not allow resources of ephemeral containers.
      if (ephemeral) continue;
      const missing = ["cpu", "memory"].flatMap((resource) => {
        const limited = [spec, pod].some((one) => at(one, "resources", "limits", resource) !== undefined);
        // Kubernetes uses the limit as the default request.
        const requested =
          limited || [spec, pod].some((one) => at(one, "resources", "requests", resource) !== undefined);
        return [...(requested ? [] : [`requests.${resource}`]), ...(limited ? [] : [`limits.${resource}`])];
      });
      if (missing.length > 0) report({ given: `${path}.resources does not set ${missing.join(", ")}`, allowed });
    }
  },
});

export const kubernetesServiceAccountTokens = podPolicy({
  name: "kubernetes-service-account-tokens",
  description: "Only pods with a dedicated service account get a token of the Kubernetes API.",
  severity: "medium",
  ids: [...cisKubernetes("5.1.5", "5.1.6"), "CKV_K8S_38", "CKV_K8S_41"],
  remediation: "set automountServiceAccountToken to false, or serviceAccountName to a dedicated account.",
  otherKinds: ["ServiceAccount"],
  check({ object, path, spec }, report) {
    const account = spec.serviceAccountName ?? spec.serviceAccount;
    const value = at(spec, "automountServiceAccountToken");
    if (isUnknown(account) || !isNot(value, false) || (object.patch && value === undefined)) return;
    if (text(account) !== undefined && account !== "default") return;
    const given = `${path}.automountServiceAccountToken is ${shown(value)} for the service account default`;
    report({ given, allowed: "false, or a dedicated account" });
  },
  checkOther({ name, manifest }, report) {
    const value = at(manifest, "automountServiceAccountToken");
    if (name !== "default" || !isNot(value, false)) return;
    report({
      given: `automountServiceAccountToken of the service account default is ${shown(value)}`,
      allowed: "false",
    });
  },
});

export const kubernetesNoPlainSecrets = podPolicy({
  name: "kubernetes-no-plain-secrets",
  description: "Secret values are in Secrets, not in environment values, command lines or ConfigMaps.",
  severity: "high",
  ids: cisKubernetes("5.4.1"),
  remediation: "move the value into a Secret, and mount the Secret as a file.",
  otherKinds: ["ConfigMap"],
  check({ containers }, report) {
    for (const { path, spec } of containers) {
      for (const { name, value } of objects(spec.env)) {
        const content = text(value);
        if (content === undefined || !secretNamed(text(name) ?? "", content)) continue;
        report({
          given: `${path}.env ${shown(name)} holds a secret`,
          allowed: "valueFrom.secretKeyRef, or a mounted Secret",
        });
      }
      for (const property of ["command", "args"]) {
        const [found] = secretsIn(strings(spec[property]).join(" "));
        if (found) report({ given: `${path}.${property} holds ${found.what}`, allowed: "a mounted Secret" });
      }
    }
  },
  checkOther({ manifest }, report) {
    for (const property of ["data", "binaryData"]) {
      const [entries = {}] = objects(manifest[property]);
      for (const [key, value] of Object.entries(entries)) {
        const given = text(value) ?? "";
        const content = property === "data" ? given : Buffer.from(given, "base64").toString("utf8");
        if (secretNamed(key, content)) report({ given: `${property}["${key}"] holds a secret`, allowed: "a Secret" });
      }
    }
  },
});
