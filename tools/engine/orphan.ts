/** How often it is asked whether the engine still lives. */
const EVERY_MS = 2000;

/**
 * Does something once the process that started this one is gone. A killed engine can't end its plugins, and a command
 * that went on without it would meet the one that the next `up` starts.
 */
export function whenOrphaned(act: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, EVERY_MS);
  timer.unref();
}
