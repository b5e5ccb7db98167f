import { z } from "zod";
import { byteLength, checkPath } from "./paths.ts";
import { resource } from "./resource.ts";
import { parseUrl, urlProblem } from "./url.ts";
import { shown, withRules } from "./report.ts";

const labelLimit = 47;

const tang = withRules(
  z.object({
    /** URL of the Tang server. Required. */
    url: z.string().optional(),
    /** Thumbprint of its signing key. Required. */
    thumbprint: z.string().optional(),
    /** Its advertisement (JSON), for machines that cannot reach it during the first boot. */
    advertisement: z.string().optional(),
  }),
  ({ url, thumbprint, advertisement }, report) => {
    const scheme = parseUrl(url ?? "")?.scheme;
    if (scheme !== "http" && scheme !== "https")
      report.error(["url"], `${shown(url)} is not a Tang server; give an http or https URL`);
    if (!thumbprint)
      report.error(["thumbprint"], "the thumbprint is missing; give the one of the server's signing key");
    if (advertisement && !isJson(advertisement))
      report.error(["advertisement"], "the advertisement is not JSON; give the answer of the server's /adv");
  },
);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const custom = withRules(
  z.object({
    /** Clevis pin: `tpm2`, `tang` or `sss`. */
    pin: z.string().optional(),
    /** Configuration of the pin (JSON). */
    config: z.string().optional(),
    needsNetwork: z.boolean().optional(),
  }),
  ({ pin, config, needsNetwork }, report) => {
    if (!pin && !config && !needsNetwork) return;
    const allowed = "use tpm2, tang or sss";
    if (!pin) report.error(["pin"], `the pin is missing; ${allowed}`);
    else if (!["tpm2", "tang", "sss"].includes(pin)) report.error(["pin"], `${shown(pin)} is not a pin; ${allowed}`);
    if (!config) report.error(["config"], "the configuration of the pin is missing; give it as JSON");
  },
);

const clevis = z.object({
  tpm2: z.boolean().optional(),
  tang: z.array(tang).optional(),
  /** Number of pins needed to unlock. Default: 1. */
  threshold: z.int().optional(),
  custom: custom.optional(),
});

export const luks = withRules(
  z.object({
    /** Name of the unlocked device, `/dev/mapper/<name>` (and of its key in `/etc/luks`). */
    name: z.string(),
    /** Device to encrypt. Required. */
    device: z.string().optional(),
    /** Key. Absent: a random key, stored in `/etc/luks`. */
    keyFile: resource.optional(),
    label: z.string().optional(),
    uuid: z.string().optional(),
    /** Options of `cryptsetup luksFormat`. */
    options: z.array(z.string()).optional(),
    discard: z.boolean().optional(),
    /** Options of `cryptsetup luksOpen`. */
    openOptions: z.array(z.string()).optional(),
    wipeVolume: z.boolean().optional(),
    clevis: clevis.optional(),
  }),
  (given, report) => {
    if (given.name.includes("/"))
      report.error(["name"], `${shown(given.name)} contains a slash; remove it from the device name`);
    if (given.label && byteLength(given.label) > labelLimit) {
      report.error(
        ["label"],
        `${shown(given.label)} has ${byteLength(given.label)} bytes; a LUKS label has at most ${labelLimit}`,
      );
    }
    if (!given.device) report.error(["device"], "the device is missing; give the one to encrypt");
    else checkPath(given.device, ["device"], report);
    const { custom: customPin, tang: servers, tpm2, threshold } = given.clevis ?? {};
    if (customPin?.pin && (servers?.length || tpm2 || threshold)) {
      report.error(["clevis"], "custom cannot be combined with tang, tpm2 or threshold; remove one of them");
    }
    const keySource = given.keyFile?.source;
    if (keySource && urlProblem(keySource))
      report.error(["keys"], "the source of the key file is not valid; see keyFile.source");
  },
);
