/**
 * How many steps go into a submission, and which are looked at. Submissions are kept short, so that the window and the other
 * runs stay responsive; looks are kept to a share of the time, except at the start, where every step is worth seeing. What a
 * look takes is measured in pairs, as the run goes: submissions with looks against those of their neighbours without any.
 */

/** What a submission should take, in ms. */
const targetTime = 30;
/** The most steps of a submission. */
const mostSteps = 512;
/** Every one of the first steps is looked at, whatever it costs. */
export const earlySteps = 256;
/** The share of time that looking may take afterwards. */
export const lookingBudget = 0.03;
/** Submissions, of either kind, whose median counts. */
const window = 9;
/** Pairs before the run itself is believed rather than what was measured before it. */
const fewestPairs = 3;
/** The share of a submission that its looks are believed to have taken at most. */
const mostOfLooks = 0.9;
/** After so many submissions with looks in a row one goes without, to compare with. */
const mostWithLooks = 8;

export class Pace {
  private readonly lookBefore: number;
  private first: number;
  /** Where the last submission began. */
  private now: number;
  private stepTime: number | null = null;
  private every = 1;
  private recentSteps = 0;
  private recentTime = 0;
  /** ms of a step in late submissions without looks, and of a look in those with some. */
  private plain: readonly number[] = [];
  private looks: readonly number[] = [];
  private withLooks = 0;
  /** Whether the run is faster than what was measured before it allows: the machine was busy then. */
  private isContradicted = false;
  /** The steps before this one are not looked at, to compare with. */
  private plainUntil = 0;

  /**
   * @param lookTime ms of one look, measured in pairs before the run
   * @param first the step that the run begins at
   */
  constructor(lookTime: number, first = 0) {
    this.lookBefore = lookTime;
    this.first = first;
    this.now = first;
  }

  /** Looks at every n-th step, or more rarely where the budget asks for it; 0 never. */
  setLook(every: number): void {
    this.every = every;
  }

  /** Forgets what was measured of a run that starts again. */
  restart(first: number): void {
    this.first = first;
    this.now = first;
    this.plainUntil = 0;
  }

  /** ms of one look: the median of pairs in the run itself, as soon as there are some. */
  get lookTime(): number {
    return this.looks.length < fewestPairs ? this.lookBefore : median(this.looks);
  }

  /** Steps between looks, once the start is over. */
  get interval(): number {
    if (this.every === 0) return 0;
    const affordable =
      this.stepTime === null ? 1 : Math.ceil(this.lookTime / (this.stepTime * lookingBudget));
    return Math.max(this.every, affordable);
  }

  /** Steps between looks at a step. */
  intervalAt(step: number): number {
    return this.isEarly(step) ? this.every : this.interval;
  }

  looksAt(step: number): boolean {
    if (this.every === 0 || step < this.plainUntil) return false;
    return step % this.intervalAt(step) === 0;
  }

  private isEarly(step: number): boolean {
    return step - this.first < earlySteps;
  }

  /** How many steps to submit from here: as many as fit the time and the looks that one submission may hold. */
  stepsNow(step: number, mostLooks: number): number {
    this.now = step;
    const time = this.stepTime ?? targetTime;
    const affordable = Math.max(1, Math.min(mostSteps, Math.round(targetTime / time)));
    if (this.withLooks >= mostWithLooks && !this.isEarly(step)) this.plainUntil = step + affordable;
    let looks = 0;
    for (let n = 0; n < affordable; n++) if (this.looksAt(step + n) && ++looks >= mostLooks) return n + 1;
    return affordable;
  }

  /** Learns from a submission. */
  took(steps: number, looks: number, ms: number): void {
    this.withLooks = looks === 0 ? 0 : this.withLooks + 1;
    if (looks === 0) this.plain = [...this.plain, ms / steps].slice(-window);
    else if (this.plain.length > 0)
      this.looks = [...this.looks, Math.max(0, ms - steps * median(this.plain)) / looks].slice(-window);
    const looking = Math.min(looks * this.lookTime, ms * mostOfLooks);
    this.isContradicted = this.looks.length < fewestPairs && looks * this.lookTime > ms * mostOfLooks;
    const each = (ms - looking) / steps;
    this.stepTime = this.stepTime === null ? each : this.stepTime * 0.8 + each * 0.2;
    this.recentSteps = this.recentSteps * 0.8 + steps;
    this.recentTime = this.recentTime * 0.8 + ms;
  }

  get stepsPerSecond(): number {
    return this.recentTime === 0 ? 0 : (this.recentSteps / this.recentTime) * 1000;
  }

  /** What looking adds to training without it, as often as it is done now; null where that is not known (yet). */
  get lookingCost(): number | null {
    const interval = this.intervalAt(this.now);
    if (interval === 0) return 0;
    return this.stepTime === null || this.isContradicted ? null : this.lookTime / (this.stepTime * interval);
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
