import { z } from "zod";

/** Arguments of the kernel; a change of them reboots the machine during its first boot. */
export const kernelArguments = z.object({
  shouldExist: z.array(z.string()).optional(),
  shouldNotExist: z.array(z.string()).optional(),
});
