/**
 * On everything the lab makes: what carries it is removed at the end, also after a crash. It is the only thing in
 * which the lab's containers, volumes and networks differ from what the stack asks for.
 */
export const labLabel = { "paasmas.lab": "true" };
