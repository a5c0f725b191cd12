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
    // What is expected may end in words set apart by commas.
    fix: `Change what feeds it so that it delivers ${d.expected.replace(/,$/, '')}.`,
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
  'shape/window': (d: { op: string; kernel: string; input: string }) => ({
    title: `The ${d.op} kernel reaches over ${d.kernel}, more than its padded input of ${d.input}`,
    fix: 'Make the kernel or its dilation smaller, or the padding larger.',
  }),
  'shape/groups': (d: { op: string; groups: number; what: string; channels: number }) => ({
    title: `${d.groups} groups do not divide the ${d.channels} ${d.what} channels of ${d.op}`,
    fix: `Choose a number of groups that divides ${d.channels}.`,
  }),
  'input/axes': (d: { node: string; expected: string; got: string }) => ({
    title: `${d.node} expects ${d.expected} but receives ${d.got}`,
    fix: 'Change what feeds it, or put a Reshape before it.',
  }),
  'input/tokens': (d: { node: string }) => ({
    title: `${d.node} expects numbers but receives token indices`,
    fix: 'Put an Embedding before it.',
  }),
  'input/no-tokens': (d: { node: string }) => ({
    title: `${d.node} expects token indices but receives numbers`,
    fix: 'Wire it to data whose samples are tokens.',
  }),
  'input/vocabulary': (d: { node: string; rows: number; vocabulary: number }) => ({
    title: `${d.node} has ${d.rows} rows, but the data has ${d.vocabulary} different tokens`,
    fix: `Set its vocabulary to ${d.vocabulary} or more.`,
  }),
  'param/invalid': (d: { node: string; param: string; why: string }) => ({
    title: `${d.node}: ${d.param} ${d.why}`,
    fix: `Change ${d.param} in the inspector.`,
  }),
  'block/shared-shape': (d: { node: string; tensor: string; first: string; shape: string }) => ({
    title: `${d.node} shares its ${d.tensor} with the first repetition, which has ${d.first}, and needs ${d.shape}`,
    fix: 'Give each repetition its own weights, or let the block keep the shape of what comes in.',
  }),
  'loss/needs-classes': (d: { node: string }) => ({
    title: `${d.node} compares with classes, but the target is a number`,
    fix: 'Use a loss for numbers, such as the mean squared error.',
  }),
  'model/no-data': (d: { node: string }) => ({
    title: `${d.node} has no data yet`,
    fix: 'Choose a data set in the inspector.',
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
  'train/untrainable': (d: { title: string; fix: string }) => ({ title: d.title, fix: d.fix }),
  'train/no-origin': (_: object) => ({
    title: 'The run to start from was stopped',
    fix: 'Train it again, then prune it or fork it while it is there; or fork it from step 0.',
  }),
  'train/weights': (d: { name: string; expected: number; got: number }) => ({
    title: `The weights for ${d.name} hold ${d.got} numbers; the model has ${d.expected}`,
    fix: 'Load weights that were saved from this model.',
  }),
  'train/non-finite': (d: { node: string; step: number; what: string }) => ({
    title: `${d.node} produced ${d.what} at step ${d.step}`,
    fix: 'Lower the learning rate, clip the gradients, or check the data for missing values.',
  }),
  'data/not-text': (d: { file: string }) => ({
    title: `${d.file} is not a text file`,
    fix: 'Save the table as CSV in UTF-8 (in a spreadsheet: Save as, CSV UTF-8) and open that file.',
  }),
  'data/empty': (d: { file: string; why: string }) => ({
    title: `${d.file} has no data to train on: ${d.why}`,
    fix: 'Choose a file with a header line and at least one complete row, or another rule for missing values.',
  }),
  'data/header': (d: { file: string; why: string }) => ({
    title: `The header of ${d.file} is not usable: ${d.why}`,
    fix: 'Give every column in the first line a name of its own.',
  }),
  'data/ragged': (d: { file: string; line: number; got: number; expected: number }) => ({
    title: `Line ${d.line} of ${d.file} has ${d.got} cells, and the header has ${d.expected}`,
    fix: 'Add or remove separators in that line, put cells that contain the separator in quotes, or choose another separator.',
  }),
  'data/quote': (d: { file: string; line: number }) => ({
    title: `Line ${d.line} of ${d.file} has a quotation mark that does not match another`,
    fix: 'Close the quotation, or double the mark where it is part of the text.',
  }),
  'data/no-column': (d: { file: string; column: string }) => ({
    title: `${d.file} has no column "${d.column}"`,
    fix: 'Choose the columns again, or open the file that the document was made with.',
  }),
  'data/cell': (d: { file: string; line: number; column: string; value: string; expected: string }) => ({
    title: `Line ${d.line}, column "${d.column}" of ${d.file} is "${d.value}", not ${d.expected}`,
    fix: "Correct the cell, list the text among those that mean a missing value, or change the column's type.",
  }),
  'data/no-values': (d: { file: string; column: string; where: string }) => ({
    title: `Column "${d.column}" of ${d.file} has no value in ${d.where}`,
    fix: 'Ignore the column, or choose another rule for its missing values.',
  }),
  'data/single-class': (d: { file: string; column: string; value: string }) => ({
    title: `Every row of ${d.file} that can be used has "${d.value}" in the target column "${d.column}"`,
    fix: 'Choose a target with at least two classes.',
  }),
  'data/no-text': (d: { file: string }) => ({
    title: `${d.file} holds no text`,
    fix: 'Choose a file with at least some lines of text.',
  }),
  'data/character': (d: { file: string; line: number; character: string; known: number }) => ({
    title: `${d.file}, line ${d.line}: ${JSON.stringify(d.character)} is not among the ${d.known} characters that the net knows`,
    fix: 'Remove it, or choose the file again so that it becomes one of them.',
  }),
  'data/alphabet': (d: { count: number; most: number }) => ({
    title:
      d.count < 2
        ? 'A text of one character cannot be learnt from'
        : `The text has ${d.count} different characters; at most ${d.most} can be tokens`,
    fix: 'Choose another text.',
  }),
  'data/windows': (d: { file: string; span: number; unit: string; rows: number }) => ({
    title: `${d.file}: no window of ${d.span} ${d.unit} fits into the ${d.rows} of the training part`,
    fix: 'Make the window shorter, or the training part larger.',
  }),
  'generate/no-text': (_: object) => ({
    title: 'This net does not predict the next character of a text',
    fix: 'Feed it from a data node with a text, and judge one logit per character with a softmax cross-entropy.',
  }),
  'generate/looks-ahead': (_: object) => ({
    title: 'This net looks ahead: what it says at a place depends on the characters after it',
    fix: 'Make its attention causal and its recurrent layers run in one direction, or predict the last character only.',
  }),
  'generate/non-finite': (_: object) => ({
    title: 'What the net says of the next character is not finite',
    fix: 'Train again with a lower learning rate, or load other weights.',
  }),
  'data/recipe': (d: { why: string; fix: string }) => ({ title: d.why, fix: d.fix }),
  'data/packed': (d: { file: string; why: string }) => ({
    title: `The data set ${d.file} cannot be read: ${d.why}`,
    fix: 'Install Gradloom again, or build its data again with npm start.',
  }),
  'data/spec': (d: { where: string; why: string }) => ({
    title: `The data settings cannot be used: ${d.where} ${d.why}`,
    fix: `Change ${d.where} in the inspector.`,
  }),
  'weights/format': (d: { file: string; why: string }) => ({
    title: `${d.file} cannot be read as weights: ${d.why}`,
    fix: 'Choose a file that was saved as safetensors, and is whole.',
  }),
  'weights/mismatch': (d: { file: string; tensor: string; why: string }) => ({
    title: `${d.file} does not fit the model: ${d.tensor} ${d.why}`,
    fix: 'Choose the weights that were saved with this document, or change the layer back.',
  }),
  'batch/mismatch': (d: { file: string; why: string }) => ({
    title: `The batch in ${d.file} does not fit the document: ${d.why}`,
    fix: 'Write x as the data node gives samples, the batch first, and y as class indices or numbers.',
  }),
  'export/impossible': (d: { node: string; why: string }) => ({
    title: `${d.node} cannot be exported: ${d.why}`,
    fix: 'Repair what the canvas marks, then export again.',
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

/** A failure as a person reads it; what is no `EngineError` is a bug of ours. */
export function wordsOf(error: unknown): { code: string; title: string; fix: string } {
  if (error instanceof EngineError) return { code: error.code, ...error.user };
  const title = error instanceof Error ? error.message : String(error);
  return { code: 'bug', title, fix: 'Please report this.' };
}
