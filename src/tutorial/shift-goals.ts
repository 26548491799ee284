/** A split on the way of the shift. */
export type ShiftGoal = {
  /** By version. */
  readonly weights: Readonly<Record<string, number>>;
  readonly words: string;
};

/**
 * The splits of the shift: half and half, as the route begins, back to the careful beginning, and then all. Each is to be seen in the
 * answers of the gateway, and not only to be applied.
 */
export const SHIFT_GOALS: readonly ShiftGoal[] = [
  { weights: { v1: 50, v2: 50 }, words: 'half of the requests each' },
  { weights: { v1: 90, v2: 10 }, words: 'v2 gets one request of ten' },
  { weights: { v1: 0, v2: 100 }, words: 'v2 gets every request' },
];

/** `90/10` */
export function splitWords({ weights }: ShiftGoal): string {
  return Object.values(weights).join('/');
}
