/** A recommendation of the CIS AWS Foundations Benchmark, with its numbers in versions 3.0.0 and 5.0.0. */
export function cisAws(v3: string | undefined, v5: string | undefined): string[] {
  return [...(v3 ? [`CIS AWS 3.0.0 ${v3}`] : []), ...(v5 ? [`CIS AWS 5.0.0 ${v5}`] : [])];
}

/** Recommendations of the CIS Docker Benchmark 1.6.0. */
export function cisDocker(...sections: string[]): string[] {
  return sections.map((section) => `CIS Docker 1.6.0 ${section}`);
}

/** Recommendations of the CIS Kubernetes Benchmark 1.12.0. */
export function cisKubernetes(...sections: string[]): string[] {
  return sections.map((section) => `CIS Kubernetes 1.12.0 ${section}`);
}
