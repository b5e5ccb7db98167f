import { z } from "zod";

/** Kernel arguments. A change reboots the machine during its first boot. */
export const kernelArguments = z.object({
  shouldExist: z.array(z.string()).optional(),
  shouldNotExist: z.array(z.string()).optional(),
});
