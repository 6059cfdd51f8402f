import { stderr } from "node:process";

/** Work shorter than this is not worth a line about its time. */
const QUIET_SECONDS = 5;
/** How often a log that is no terminal is told that work goes on. */
const LOG_EVERY_SECONDS = 30;

/** Tells one line of what is done. */
export function say(line: string): void {
  stderr.write(`setup: ${line}\n`);
}

/** Does a piece of work, and shows its elapsed time once it takes longer than a moment. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) / 1000);
  const timer = setInterval(() => {
    const seconds = elapsed();
    if (seconds < QUIET_SECONDS) return;
    if (stderr.isTTY) stderr.write(`\rsetup: ${what} … ${seconds} s`);
    else if (seconds % LOG_EVERY_SECONDS === 0) say(`${what} … ${seconds} s`);
  }, 1000);
  try {
    const result = await work();
    if (elapsed() >= QUIET_SECONDS) {
      if (stderr.isTTY) stderr.write("\r\x1b[K");
      say(`${what}: done in ${elapsed()} s`);
    }
    return result;
  } finally {
    clearInterval(timer);
  }
}
