// Placeholder with the final names; the complete schemas replace it.
export interface Config {
  ignition: { version: "3.4.0"; config?: { replace?: Resource; merge?: Resource[] }; timeouts?: { httpTotal?: number; httpResponseHeaders?: number } };
  kernelArguments?: { shouldExist?: string[]; shouldNotExist?: string[] };
  passwd?: { users?: unknown[]; groups?: unknown[] };
  storage?: { files?: unknown[]; directories?: unknown[]; links?: unknown[]; disks?: unknown[]; filesystems?: unknown[] };
  systemd?: { units?: unknown[] };
}
export interface Resource { source?: string; compression?: string; verification?: { hash?: string } }
export interface Issue { path: string; message: string }
export interface Verdict { errors: Issue[]; warnings: Issue[] }
