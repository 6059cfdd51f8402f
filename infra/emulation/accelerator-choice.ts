/** How the processors of emulated nodes are emulated, and why so. */
import * as z from "zod";

export const acceleratorChoiceSchema = z.strictObject({
  accelerator: z.enum(["kvm", "tcg"]),
  reason: z.string().describe("one sentence for the user"),
});
export type AcceleratorChoice = z.infer<typeof acceleratorChoiceSchema>;
