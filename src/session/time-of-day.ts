/** A time as a clock on the wall shows it, in the time zone of the machine: `06:00:00`. */
export function timeOfDay(atMs: number): string {
  return new Date(atMs).toTimeString().slice(0, 8);
}
