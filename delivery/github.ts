import { z } from "zod";
import { OperationError } from "../errors.ts";
import type { PullRequest, Permission } from "./rules/trust.ts";

/** A call to GitHub failed. */
export class GithubError extends OperationError {
  override name = "GithubError";
}

export interface PullRequestFacts {
  number: number;
  state: "open" | "closed";
  pullRequest: PullRequest;
  /** The target branch. */
  base: string;
}

export interface Comment {
  id: number;
  author: string;
  body: string;
}

const user = z.object({ login: z.string() }).nullable();
const pull = z.object({
  number: z.int(),
  state: z.enum(["open", "closed"]),
  user,
  head: z.object({ sha: z.string() }),
  base: z.object({ ref: z.string() }),
  labels: z.array(z.object({ name: z.string() })),
});
const review = z.object({ user, state: z.string(), commit_id: z.string().nullable() });
const issueComment = z.object({ id: z.int(), user, body: z.string().nullish() });

/** Client for the part of the GitHub API that delivery needs, for one repository. */
export class Github {
  readonly #token: string;
  readonly #api: string;
  readonly #repository: string;

  /**
   * @param repository `owner/name`.
   * @param token Token of a GitHub App installation or of a workflow.
   * @param api Address of the API. Set it for GitHub Enterprise. Default: `https://api.github.com`.
   */
  constructor(repository: string, token: string, api = "https://api.github.com") {
    this.#repository = repository;
    this.#token = token;
    this.#api = api.replace(/\/+$/, "");
  }

  /** The facts about a pull request that the rules need. */
  async pullRequest(number: number): Promise<PullRequestFacts> {
    const found = pull.parse(await this.#get(`/pulls/${number}`));
    const author = found.user?.login ?? "ghost";
    // Only the last review of each reviewer counts. Comments and pending reviews do not.
    const reviews = new Map<string, z.infer<typeof review>>();
    for (const one of await this.#list(`/pulls/${number}/reviews`, review)) {
      if (one.user !== null && one.state !== "COMMENTED" && one.state !== "PENDING") reviews.set(one.user.login, one);
    }
    const approvals: PullRequest["approvals"] = [];
    for (const [by, { state, commit_id }] of reviews) {
      if (state === "APPROVED" && commit_id !== null)
        approvals.push({ by, permission: await this.#permission(by), commit: commit_id });
    }
    return {
      number,
      state: found.state,
      base: found.base.ref,
      pullRequest: {
        author,
        permission: await this.#permission(author),
        head: found.head.sha,
        approvals,
        labels: found.labels.map(({ name }) => name),
      },
    };
  }

  async openPullRequests(): Promise<number[]> {
    return (await this.#list("/pulls?state=open", z.object({ number: z.int() }))).map(({ number }) => number);
  }

  /** Whether the pull request exists and is closed. */
  async isClosed(number: number): Promise<boolean> {
    const answer = await this.#send("GET", `/pulls/${number}`);
    if (answer.status === 404) return false;
    return z.object({ state: z.string() }).parse(await this.#json(answer)).state === "closed";
  }

  async isOn(branch: string, commit: string): Promise<boolean> {
    const answer = await this.#send("GET", `/compare/${encodeURIComponent(branch)}...${commit}`);
    if (answer.status === 404) return false;
    const { status } = z.object({ status: z.string() }).parse(await this.#json(answer));
    return status === "identical" || status === "behind";
  }

  async file(path: string, branch: string): Promise<string> {
    const answer = await this.#send(
      "GET",
      `/contents/${path}?ref=${encodeURIComponent(branch)}`,
      undefined,
      "application/vnd.github.raw+json",
    );
    if (!answer.ok) throw await this.#failure(answer);
    return answer.text();
  }

  /** Login of the account that writes comments with this token. */
  async self(): Promise<string> {
    const answer = await this.#raw("POST", `${this.#api.replace(/\/api\/v3$/, "/api")}/graphql`, {
      query: "{ viewer { login } }",
    });
    const { login } = z
      .object({ data: z.object({ viewer: z.object({ login: z.string() }) }) })
      .parse(await this.#json(answer)).data.viewer;
    return this.#token.startsWith("ghs_") && !login.endsWith("[bot]") ? `${login}[bot]` : login;
  }

  async comments(pullRequest: number): Promise<Comment[]> {
    const found = await this.#list(`/issues/${pullRequest}/comments`, issueComment);
    return found.map(({ id, user, body }) => ({ id, author: user?.login ?? "ghost", body: body ?? "" }));
  }

  async createComment(pullRequest: number, body: string): Promise<void> {
    await this.#done(await this.#send("POST", `/issues/${pullRequest}/comments`, { body }));
  }

  async updateComment(id: number, body: string): Promise<void> {
    await this.#done(await this.#send("PATCH", `/issues/comments/${id}`, { body }));
  }

  async removeComment(id: number): Promise<void> {
    const answer = await this.#send("DELETE", `/issues/comments/${id}`);
    if (answer.status !== 404) await this.#done(answer);
  }

  async #permission(login: string): Promise<Permission> {
    // GitHub answers 404 for bots and deleted accounts: they are not collaborators.
    const answer = await this.#send("GET", `/collaborators/${encodeURIComponent(login)}/permission`);
    if (answer.status === 404) return "none";
    return z.object({ permission: z.enum(["admin", "write", "read", "none"]) }).parse(await this.#json(answer))
      .permission;
  }

  async #get(path: string): Promise<unknown> {
    return this.#json(await this.#send("GET", path));
  }

  async #list<T>(path: string, element: z.ZodType<T>): Promise<T[]> {
    const found: T[] = [];
    let next: string | undefined = `${this.#url(path)}${path.includes("?") ? "&" : "?"}per_page=100`;
    while (next !== undefined) {
      const answer: Response = await this.#raw("GET", next);
      found.push(...z.array(element).parse(await this.#json(answer)));
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      // Never send the token to another host.
      if (next !== undefined && !next.startsWith(`${this.#api}/`))
        throw new GithubError(`${this.#api} refers to a page on another host: ${next}`);
    }
    return found;
  }

  #url(path: string): string {
    return `${this.#api}/repos/${this.#repository}${path}`;
  }

  #send(method: string, path: string, body?: object, accept?: string): Promise<Response> {
    return this.#raw(method, this.#url(path), body, accept);
  }

  async #raw(method: string, url: string, body?: object, accept = "application/vnd.github+json"): Promise<Response> {
    const headers = {
      Accept: accept,
      Authorization: `Bearer ${this.#token}`,
      "X-GitHub-Api-Version": "2022-11-28",
      "User-Agent": "paasmas",
    };
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      const { message, cause } = error as Error;
      throw new GithubError(`${method} ${url}: ${cause instanceof Error ? cause.message : message}`);
    }
  }

  async #json(answer: Response): Promise<unknown> {
    if (!answer.ok) throw await this.#failure(answer);
    return answer.json();
  }

  async #done(answer: Response): Promise<void> {
    if (!answer.ok) throw await this.#failure(answer);
    await answer.body?.cancel();
  }

  async #failure(answer: Response): Promise<GithubError> {
    const text = await answer.text();
    let reason = text.slice(0, 200);
    try {
      reason = (JSON.parse(text) as { message?: string }).message ?? reason;
    } catch {
      // Not JSON: use the text.
    }
    return new GithubError(`${answer.url}: ${reason} (${answer.status})`);
  }
}
