/** What a Go program is started with: an older Go fetches the release that a module asks for. The same for scripts: go.sh. */
export const goEnvironment: NodeJS.ProcessEnv = { ...process.env, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? "auto" };
