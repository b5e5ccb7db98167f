import { describe, expect, test } from "vitest";
import { type Config, render, validate } from "../../../../ignition/index.ts";
import { agentPort } from "../../../../ignition/roles/jenkins-agent/constants.ts";
import { jenkinsAgent } from "../../../../ignition/roles/jenkins-agent/role.ts";
import { jenkins } from "../../../../ignition/roles/jenkins/role.ts";
import { installedFiles, readable } from "../contents.ts";
import { jenkinsAgentNode, jenkinsNode, jenkinsNodeSecrets, otherSecrets } from "./nodes.ts";

const configs: Record<string, () => Config> = {
  jenkins: () => jenkins(jenkinsNode()),
  "jenkins-agent": () => jenkinsAgent(jenkinsAgentNode()),
};
const secrets = [...Object.values(jenkinsNodeSecrets), ...Object.values(otherSecrets)];

function fileOf(config: Config, path: string) {
  const found = installedFiles(config).find((file) => file.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}

const unitOf = (config: Config, name: string) => config.systemd?.units?.find((unit) => unit.name === name);

describe.each(Object.entries(configs))("%s", (name, make) => {
  test("matches the snapshot", async () => {
    await expect(readable(make())).toMatchFileSnapshot(`../snapshots/${name}.txt`);
  });

  test("is valid and renders to the same bytes each time", () => {
    expect(validate(make())).toEqual({ errors: [], warnings: [] });
    expect(render(make())).toBe(render(make()));
  });

  test("keeps secrets in files that only their reader can open, not in units and environments", () => {
    for (const { path, mode, text } of installedFiles(make())) {
      for (const secret of secrets) {
        if (!text.includes(secret)) continue;
        expect([path, mode & 0o077]).toEqual([path, 0]);
        if (path.endsWith(".env")) expect(path).toBe("/etc/paasmas/ready-report.env");
      }
    }
    expect(JSON.stringify(make().systemd)).not.toMatch(/-secret/);
  });

  test("has executable scripts, a readiness check, and no automatic updates", () => {
    const config = make();
    for (const { path, mode, text } of installedFiles(config)) {
      expect([path, mode]).toEqual([path, text.startsWith("#!/bin/bash") ? 0o755 : mode & 0o666]);
    }
    expect(
      ["ready.socket", "image.service", "metadata-guard.service"].map((unit) => unitOf(config, unit)?.enabled),
    ).toEqual([true, true, true]);
    expect(["locksmithd.service", "update-engine.service"].map((unit) => unitOf(config, unit)?.mask)).toEqual([
      true,
      true,
    ]);
  });
});

test("the example nodes contain all secrets of the list", () => {
  const all = Object.values(configs)
    .flatMap((make) => installedFiles(make()).map((file) => file.text))
    .join("\n");
  expect(secrets.filter((secret) => !all.includes(secret))).toEqual([]);
});

describe("containers", () => {
  const units = () => Object.values(configs).flatMap((make) => make().systemd?.units ?? []);
  const scripts = () =>
    Object.values(configs).flatMap((make) =>
      installedFiles(make()).filter(({ path }) => path.startsWith("/opt/paasmas/bin/")),
    );
  const starts = () =>
    [...units().map((unit) => unit.contents ?? ""), ...scripts().map(({ text }) => text)]
      .flatMap((text) => text.replaceAll("\\\n", " ").split("\n"))
      .filter((line) => /podman run\b/.test(line));

  test("run without root, capabilities and new privileges, with a read-only file system", () => {
    // Jenkins, its proxy, the download of plugins, and restic.
    expect(starts()).toHaveLength(4);
    for (const start of starts()) {
      expect(start).toMatch(/\s--user=(1500:1500|101:101) /);
      for (const option of ["--cap-drop=all", "--security-opt=no-new-privileges", "--read-only", "--network=host"])
        expect(start).toContain(option);
    }
  });

  test("have no access to the engine's socket and no extra privileges", () => {
    const everything = [...units().map((unit) => unit.contents ?? ""), ...scripts().map(({ text }) => text)].join("\n");
    expect(everything).not.toMatch(/--privileged|docker\.sock|podman\.sock|--cap-add/);
  });
});

describe("Jenkins", () => {
  test("accepts only its proxy, has no agent port, and reads secrets from files", () => {
    const { contents } = unitOf(configs.jenkins!(), "jenkins.service")!;
    expect(contents).toContain("--env=JENKINS_OPTS=--httpListenAddress=127.0.0.1");
    expect(contents).toContain("--env=JENKINS_SLAVE_AGENT_PORT=-1");
    expect(contents).toContain("--env=SECRETS=/etc/paasmas/jenkins/secrets");
  });

  test("has one file per secret, which only its user can read", () => {
    const files = installedFiles(configs.jenkins!()).filter(({ path }) =>
      path.startsWith("/etc/paasmas/jenkins/secrets/"),
    );
    expect(files.map(({ path, mode, uid }) => [path.split("/").at(-1), mode, uid])).toEqual(
      Object.keys(jenkinsNodeSecrets).map((name) => [name, 0o400, 1500]),
    );
  });

  test("is a service of the proxy, with the other services", () => {
    expect(fileOf(configs.jenkins!(), "/etc/paasmas/proxy/services").text).toBe(
      "wiki 10.0.0.70:8080\njenkins 127.0.0.1:8080\n",
    );
  });

  test("downloads plugins again only if the list or the image changes", () => {
    const id = (more: Parameters<typeof jenkinsNode>[0]) =>
      /^PLUGINS_ID=(\w{16})$/m.exec(fileOf(jenkins(jenkinsNode(more)), "/etc/paasmas/jenkins.env").text)?.[1];
    const usual = id({});
    expect(usual).toBeDefined();
    expect(id({ heapMiB: 2048, settings: { ...jenkinsNode().settings, jobs: [] } })).toBe(usual);
    expect(id({ image: "registry.example/jenkins:2.568.3" })).not.toBe(usual);
    expect(id({ plugins: { ...jenkinsNode().plugins, git: "5.10.2" } })).not.toBe(usual);
  });

  test("has no backup and no restic without a bucket", () => {
    const config = jenkins(jenkinsNode({ backup: undefined }));
    expect(config.systemd?.units?.map(({ name }) => name).filter((name) => /restic|backup/.test(name))).toEqual([]);
    expect(installedFiles(config).filter(({ path }) => path.includes("backup"))).toEqual([]);
  });

  test("uses the machine's role for backups without keys", () => {
    const backup = {
      ...jenkinsNode().backup!,
      bucket: { endpoint: "https://s3.example", name: "saved", region: "eu-central-1" },
    };
    const paths = installedFiles(jenkins(jenkinsNode({ backup }))).map(({ path }) => path);
    expect(paths).toContain("/etc/paasmas/jenkins-backup/password");
    expect(paths).not.toContain("/etc/paasmas/jenkins-backup/credentials");
  });
});

describe("an agent", () => {
  test("accepts only Jenkins' key, without tunnels into the network", () => {
    const config = configs["jenkins-agent"]!();
    const text = fileOf(config, "/etc/paasmas/agent/sshd_config").text;
    for (const line of [
      "AllowUsers agent",
      "AuthenticationMethods publickey",
      "PasswordAuthentication no",
      "PermitRootLogin no",
      "DisableForwarding yes",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(unitOf(config, "agent-ssh.socket")?.contents).toContain(`\nListenStream=${agentPort.port}\n`);
    expect(fileOf(config, "/etc/paasmas/agent/authorized_keys").text).toBe("ecdsa-sha2-nistp256 BBBB jenkins\n");
  });

  test("has the Java of Jenkins as its first tool", () => {
    const config = configs["jenkins-agent"]!();
    expect(fileOf(config, "/etc/paasmas/agent/tools").text).toBe(
      "java registry.example/jenkins:2.568.2 /opt/java/openjdk\nk6 registry.example/k6:1 /usr/bin/k6\n",
    );
    expect(fileOf(config, "/etc/paasmas/agent/sshd_config").text).toContain(
      "SetEnv PATH=/opt/paasmas/tools/java/bin:/opt/paasmas/tools/k6/bin:",
    );
  });
});
