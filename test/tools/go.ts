/**
 * Environment of a Go program: an older Go downloads the release that a module requires. go.sh does the same for
 * scripts.
 */
export const goEnvironment: NodeJS.ProcessEnv = { ...process.env, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? "auto" };
