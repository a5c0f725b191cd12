/**
 * How many steps go into a submission, and which are looked at. Submissions are kept short, so that the window and the other
 * runs stay responsive; looks are kept to a share of the time, except at the start, where every step is worth seeing.
 */

/** What a submission should take, in ms. */
const targetTime = 30;
/** The most steps of a submission. */
const mostSteps = 512;
/** Every one of the first steps is looked at, whatever it costs. */
export const earlySteps = 256;
/** How much of what was measured before a submission still counts after it. */
const fading = 0.97;
/** The share of time that looking may take afterwards. */
export const lookingBudget = 0.03;

export class Pace {
  private readonly lookTime: number;
  private stepTime: number | null = null;
  private every = 1;
  private spentLooking = 0;
  private spent = 0;
  private recentSteps = 0;
  private recentTime = 0;

  /** `lookTime`: measured ms of one look. */
  constructor(lookTime: number) {
    this.lookTime = lookTime;
  }

  /** Looks at every n-th step, or more rarely where the budget asks for it; 0 never. */
  setLook(every: number): void {
    this.every = every;
  }

  /** Forgets what was measured of a run that starts again. */
  restart(): void {
    this.spent = 0;
    this.spentLooking = 0;
  }

  /** Steps between looks, once the start is over. */
  get interval(): number {
    if (this.every === 0) return 0;
    const affordable =
      this.stepTime === null ? 1 : Math.ceil(this.lookTime / (this.stepTime * lookingBudget));
    return Math.max(this.every, affordable);
  }

  looksAt(step: number): boolean {
    if (this.every === 0) return false;
    return step < earlySteps ? step % this.every === 0 : step % this.interval === 0;
  }

  /** How many steps to submit from here: as many as fit the time and the looks that one submission may hold. */
  stepsNow(step: number, mostLooks: number): number {
    const time = this.stepTime ?? targetTime;
    const affordable = Math.max(1, Math.min(mostSteps, Math.round(targetTime / time)));
    let looks = 0;
    for (let n = 0; n < affordable; n++) if (this.looksAt(step + n) && ++looks >= mostLooks) return n + 1;
    return affordable;
  }

  /** Learns from a submission. */
  took(steps: number, looks: number, ms: number): void {
    const looking = Math.min(looks * this.lookTime, ms * 0.9);
    const each = (ms - looking) / steps;
    this.stepTime = this.stepTime === null ? each : this.stepTime * 0.8 + each * 0.2;
    // What is shown is the present: a look now and then must not be hidden, nor haunted, by the start.
    this.spent = this.spent * fading + ms;
    this.spentLooking = this.spentLooking * fading + looking;
    this.recentSteps = this.recentSteps * 0.8 + steps;
    this.recentTime = this.recentTime * 0.8 + ms;
  }

  get stepsPerSecond(): number {
    return this.recentTime === 0 ? 0 : (this.recentSteps / this.recentTime) * 1000;
  }

  /** The share of time that looking takes of late; null until something was trained. */
  get lookingCost(): number | null {
    return this.spent === 0 ? null : this.spentLooking / this.spent;
  }
}
