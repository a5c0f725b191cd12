/**
 * Which steps of a long run are kept. The start of training is where things go wrong, so its first steps are all kept;
 * after them the kept steps are spread evenly over the logarithm of the step, as many as a plot has use for.
 */

export const KEPT_FROM_START = 256;
export const KEPT_LATER = 1792;

/**
 * @param steps distinct, ascending
 * @returns those to drop; nothing while there are few. Step 0, the first 256 recorded and the last one always stay, and
 *   between two that stay next to each other the gap grows with the step, so thinning again changes little.
 */
export function stepsToDrop(steps: readonly number[]): number[] {
  const later = steps.slice(KEPT_FROM_START);
  const first = later[0];
  const last = later.at(-1);
  // Half as many again may gather before the next thinning, so that it is rare.
  if (first === undefined || last === undefined || later.length <= KEPT_LATER * 1.5) return [];

  const slots = KEPT_LATER - 1;
  const from = Math.log(first + 1);
  const perSlot = (Math.log(last + 1) - from) / slots;
  const taken = new Set<number>();
  return later.filter((step) => {
    const slot = Math.floor((Math.log(step + 1) - from) / perSlot);
    const keep = step === last || !taken.has(slot);
    taken.add(slot);
    return !keep;
  });
}
