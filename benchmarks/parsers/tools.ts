/** Which tool printed a text, and what its parser makes of it. */
import { parseIvshmem, signature } from "./ivshmem.ts";
import { type ParseReport, parseReport } from "./outcome.ts";
import { parsePerftest } from "./perftest.ts";

/** Reads one file's text with the parser of the tool that it begins like; perftest's begins in many ways. */
export function reportOnText(file: string, text: string): ParseReport {
  return text.startsWith(signature)
    ? parseReport(file, "ivshmem", parseIvshmem(text))
    : parseReport(file, "perftest", parsePerftest(text));
}
