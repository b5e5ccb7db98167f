import { refuse } from "./error.ts";
import { readLocal } from "./files.ts";
import type { Fragment } from "./spec.ts";

export interface UnitArgs {
  /** Name of the unit with its type, `galera.service`. */
  name: string;
  /** Contents of the unit. */
  text?: string;
  /** Local file with the contents, instead of `text`. */
  from?: URL;
  /** Whether it starts at boot. It needs an [Install] section. Default: the setting of the image. */
  enabled?: boolean;
  /** Whether it is masked, so that it cannot start. Default: the setting of the image. */
  mask?: boolean;
}

/** A systemd unit. Without contents, it changes a unit of the image. */
export function unit({ name, text, from, enabled, mask }: UnitArgs): Fragment {
  if (text !== undefined && from !== undefined)
    refuse(`unit ${name}`, "both text and from are given; give one of them");
  const contents = text ?? (from && readLocal(from).toString("utf8"));
  return { systemd: { units: [defined({ name, enabled, mask, contents })] } };
}

export interface DropinArgs {
  /** Name of the unit that the drop-in changes. */
  unit: string;
  /** File name, `<something>.conf`. */
  name: string;
  /** Contents of the drop-in. */
  text: string;
}

/** A drop-in: settings that override a unit of the image or of another fragment. */
export function dropin({ unit, name, text }: DropinArgs): Fragment {
  return { systemd: { units: [{ name: unit, dropins: [{ name, contents: text }] }] } };
}

/** Removes keys with the value undefined. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
