import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { trackedFiles } from "./files.ts";

/** Checks the length of source lines, of README.md and of commit subjects. Exit code 1 for a finding. */
const maxLineLength = 120;
const maxReadmeLines = 100;
const maxSubjectLength = 72;
const areas = "cli|components|delivery|ignition|policies|stacks|docs|examples|test|lab|ci|deps|lint|format";
/** The commit that introduced the form of commit messages; older subjects are not checked. */
const firstCheckedCommit = readFileSync(".git-blame-ignore-revs", "utf8").trim().split("\n").at(-1)!;

const findings = [...longLines(), ...readmeFindings(), ...subjectFindings()];
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exitCode = 1;

/** Lines of source that are too long. Tests may quote long messages. A URL or a regular expression cannot be cut. */
function longLines(): string[] {
  const source = trackedFiles().filter(
    (path) => [".ts", ".mts", ".js", ".mjs", ".css", ".sh"].includes(extname(path)) && !path.startsWith("test/"),
  );
  return source.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        line.length <= maxLineLength || /https?:\/\/|String\.raw|\/(?=\S*[[(^])\S+\/[a-z]*/.test(line)
          ? []
          : [`${path}:${index + 1}: ${line.length} characters; at most ${maxLineLength}, cut strings at a sentence`],
      ),
  );
}

function readmeFindings(): string[] {
  const lines = readFileSync("README.md", "utf8").trimEnd().split("\n").length;
  return lines <= maxReadmeLines ? [] : [`README.md: ${lines} lines; at most ${maxReadmeLines}, move text to docs/`];
}

function subjectFindings(): string[] {
  const isValid = (subject: string) =>
    subject.length <= maxSubjectLength && !subject.endsWith(".") && new RegExp(`^(${areas}): \\S`).test(subject);
  return commitSubjects()
    .filter((subject) => !isValid(subject))
    .map(
      (subject) => `commit "${subject}": use "area: imperative", at most ${maxSubjectLength} characters, no full stop`,
    );
}

/** Subjects of the commits after the first checked one. None in a clone without that history. */
function commitSubjects(): string[] {
  try {
    const range = `${firstCheckedCommit}..HEAD`;
    return execFileSync("git", ["log", "--no-merges", "--format=%s", range], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
      .split("\n")
      .filter((subject) => subject !== "");
  } catch {
    return [];
  }
}
