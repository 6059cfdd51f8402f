/** Times of leases. Blazar has minutes, reads UTC as `YYYY-MM-DD hh:mm` and writes it as ISO without a zone. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** As Blazar wants to be told: `2026-11-23 12:55`, UTC. What is below a minute is cut off. */
export function toBlazarTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace("T", " ");
}

/** The time of one of Blazar's two forms, milliseconds of the epoch. Throws RangeError for any other text. */
export function fromBlazarTime(text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?$/.exec(text);
  const timeMs = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}${match[3] ?? ":00"}Z`);
  if (Number.isNaN(timeMs)) throw new RangeError(`"${text}" is no time of Blazar's`);
  return timeMs;
}

/** The first whole minute at or after a time. */
export function nextMinuteMs(timeMs: number): number {
  return Math.ceil(timeMs / minuteMs) * minuteMs;
}
