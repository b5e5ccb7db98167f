import images from "../../ignition/roles/images.json" with { type: "json" };

/** Replaces references to `images.json` with the images: readers do not have the file. */
export function withImages(text: string): string {
  return text
    .replace(/`(\w+)` in `ignition\/roles\/images\.json`/g, (whole, name: keyof typeof images) =>
      images[name] ? `\`${images[name]}\`` : whole,
    )
    .replace(
      "the image of the flavor in `ignition/roles/images.json`",
      `\`${images.percona}\` or \`${images.mariadb}\``,
    );
}
