import { bounds } from "../internal/bounds.ts";
import { list, text, whole } from "../internal/settings-schema.ts";

/** Default retention of images. */
export const lifecycleDefaults = {
  untaggedDays: 14,
  releaseTags: ["released-*"],
  keepReleases: 50,
  keepImages: 200,
};

/** Numbers in `lifecycle`. */
export const lifecycleNumbers = {
  untaggedDays: whole(bounds.registry.untaggedDays)
    .meta({
      description: "Days after the push until an image without a tag is removed.",
      default: lifecycleDefaults.untaggedDays,
    })
    .optional(),
  keepImages: whole(bounds.registry.images)
    .meta({ description: "Number of newest other images that are kept.", default: lifecycleDefaults.keepImages })
    .optional(),
  keepReleases: whole(bounds.registry.images)
    .meta({ description: "Number of newest releases that are kept.", default: lifecycleDefaults.keepReleases })
    .optional(),
};

/** Arguments in `lifecycle` that are also settings of a stack. */
export const lifecycleArguments = {
  ...lifecycleNumbers,
  releaseTags: list(text(/^[\w.*-]{1,128}$/, "a tag, such as released-*"))
    .meta({ description: "Patterns of the tags of releases, `released-*`.", default: '`["released-*"]`' })
    .optional(),
};
