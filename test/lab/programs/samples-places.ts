/** The machines of the samples: the registry, and the deploy hooks that run the images. */
export interface Places {
  registry: string;
  /** Deploy hooks of the three services and of the blog: addresses, and tokens by app. */
  hooks: Record<"staging" | "production" | "blog", { url: string; address: string; tokens: Record<string, string> }>;
}
