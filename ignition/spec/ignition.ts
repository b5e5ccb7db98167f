import { z } from "zod";
import { parseUrl } from "./url.ts";
import { checkSources, resource } from "./resource.ts";
import { shown, withRules } from "./report.ts";
import type { Report } from "./report.ts";

/** Version of the specification that this library writes. Fedora CoreOS and Flatcar support it. */
export const specVersion = "3.4.0";

const config = withRules(
  z.object({
    /** Configs to merge over this one, in this order. */
    merge: z.array(resource).optional(),
    /** The config that replaces this one. */
    replace: resource.optional(),
  }),
  (given, report) => checkSources(given.merge, ["merge"], report),
);

const proxy = withRules(
  z.object({
    /** Proxy for `http` sources. */
    httpProxy: z.string().optional(),
    /** Proxy for `https` sources. */
    httpsProxy: z.string().optional(),
    /** Hosts that are contacted without the proxy. */
    noProxy: z.array(z.string()).optional(),
  }),
  (given, report) => {
    checkProxy(given, "httpProxy", report);
    checkProxy(given, "httpsProxy", report);
  },
);

function checkProxy(
  given: { httpProxy?: string; httpsProxy?: string },
  key: "httpProxy" | "httpsProxy",
  report: Report,
): void {
  const address = given[key];
  if (address === undefined) return;
  const scheme = parseUrl(address)?.scheme;
  if (scheme !== "http" && scheme !== "https") {
    report.error([key], `${shown(address)} is not a proxy; give an http or https URL`);
  } else if (key === "httpsProxy" && scheme === "http") {
    report.warning([key], `${shown(address)} carries https traffic to the proxy in plain text; prefer an https proxy`);
  }
}

const security = z.object({
  tls: withRules(
    z.object({
      /** Further certificate authorities (PEM) to trust while fetching. */
      certificateAuthorities: z.array(resource).optional(),
    }),
    (tls, report) => checkSources(tls.certificateAuthorities, ["certificateAuthorities"], report),
  ).optional(),
});

/** Settings of Ignition: further configs, and how to download them. */
export const ignition = z.object({
  version: z.literal(specVersion),
  config: config.optional(),
  proxy: proxy.optional(),
  security: security.optional(),
  timeouts: z
    .object({
      /** Time limit for the headers of a response, in seconds; 0: no limit. Default: 10. */
      httpResponseHeaders: z.int().optional(),
      /** Time limit for a download with all retries, in seconds; 0: no limit. Default: 0. */
      httpTotal: z.int().optional(),
    })
    .optional(),
});
