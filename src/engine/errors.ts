/**
 * Every failure that a person can cause or meet, in one table: the code is stable, the words may change.
 * What a person cannot act on is a bug, and `invariant` says so.
 */

/** Words for a person: what happened and where; then what to do. */
export interface UserMessage {
  readonly title: string;
  readonly fix: string;
}

const messages = {
  'shape/mismatch': (d: { op: string; expected: string; got: string }) => ({
    title: `${d.op} expects ${d.expected} but receives ${d.got}`,
    fix: `Change what feeds it so that it delivers ${d.expected}.`,
  }),
  'shape/broadcast': (d: { op: string; a: string; b: string }) => ({
    title: `${d.op} cannot combine ${d.a} with ${d.b}`,
    fix: 'Make the sizes equal, or 1, axis by axis from the right.',
  }),
  'shape/axis': (d: { op: string; axis: number; rank: number }) => ({
    title: `${d.op} has no axis ${d.axis} in a tensor of ${d.rank} axes`,
    fix: `Choose an axis from ${-d.rank} to ${d.rank - 1}.`,
  }),
  'shape/reshape': (d: { from: string; to: string }) => ({
    title: `${d.from} cannot be reshaped to ${d.to}: the number of elements differs`,
    fix: 'Choose sizes whose product is the same.',
  }),
  'param/invalid': (d: { node: string; param: string; why: string }) => ({
    title: `${d.node}: ${d.param} ${d.why}`,
    fix: `Change ${d.param} in the inspector.`,
  }),
  'gpu/none': (d: { why: string }) => ({
    title: `No WebGPU adapter answers: ${d.why}`,
    fix: 'Update the graphics driver, or run where a software adapter such as SwiftShader is installed.',
  }),
  'gpu/out-of-memory': (d: { needed: string; limit: string }) => ({
    title: `This model needs ${d.needed} of GPU memory; ${d.limit} are available`,
    fix: 'Lower the batch size, or make the widest layer narrower.',
  }),
  'gpu/limit': (d: { what: string; needed: string; limit: string }) => ({
    title: `${d.what} needs ${d.needed}; this GPU allows ${d.limit}`,
    fix: 'Lower the batch size, or make the widest layer narrower.',
  }),
  'gpu/lost': (d: { why: string }) => ({
    title: `The GPU went away: ${d.why}`,
    fix: 'Training resumes from the last checkpoint as soon as the GPU is back.',
  }),
  'train/non-finite': (d: { node: string; step: number; what: string }) => ({
    title: `${d.node} produced ${d.what} at step ${d.step}`,
    fix: 'Lower the learning rate, clip the gradients, or check the data for missing values.',
  }),
} satisfies Record<string, (detail: never) => UserMessage>;

export type ErrorCode = keyof typeof messages;
export type ErrorDetail<C extends ErrorCode> = Parameters<(typeof messages)[C]>[0];

/** A failure with a cause that a person can act on. Anything else is a bug: use `invariant`. */
export class EngineError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'EngineError';
  readonly code: C;
  readonly user: UserMessage;
  constructor(code: C, detail: ErrorDetail<C>, options?: ErrorOptions) {
    const user = (messages[code] as (d: ErrorDetail<C>) => UserMessage)(detail);
    super(`${user.title}. ${user.fix}`, options);
    this.code = code;
    this.user = user;
  }
}

/** Stops on a state that only a bug can produce; `assumed` says what was taken for granted. */
export function invariant(condition: unknown, assumed: string): asserts condition {
  if (!condition) throw new Error(`Gradloom assumed that ${assumed}. Please report this.`);
}
