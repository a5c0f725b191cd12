/**
 * Text from a net that predicts the next character: the window before, the net's logits, one token drawn, and again with the
 * window one further. Same weights, prompt and seed on one device: the same text.
 */
import type { Target } from '../compile/compile.ts';
import { describeDataset } from '../data/dataset.ts';
import type { LoadedData } from '../data/load.ts';
import { randomStream } from '../data/random.ts';
import { encodeText } from '../data/text.ts';
import { EngineError } from '../errors.ts';
import { sameShape } from '../ir/shape.ts';
import { buildModel, type Model } from '../model/build.ts';
import type { GraphDocument } from '../model/schema.ts';
import type { Machine } from '../runtime/machine.ts';
import type { Layouts } from './layout.ts';
import { Predictor } from './predictor.ts';
import { type Sampling, tokenAt, tokenProbabilities } from './sampling.ts';

export interface GenerateOptions extends Sampling {
  /** What the text begins with; it may be empty. */
  readonly prompt: string;
  /** Characters to be written after the prompt. */
  readonly length: number;
  readonly seed: number;
}

/** Who hears of the text while it is written. */
export interface GenerateListener {
  /** Each character as it comes. */
  text(character: string): void;
  /** Asked before each character. */
  isStopped(): boolean;
}

/** Where the weights lie that are asked. */
export interface TrainedNet {
  readonly machine: Machine;
  readonly document: GraphDocument;
  readonly data: LoadedData;
  readonly layout: Layouts;
  readonly uniforms: readonly string[];
  readonly target: Target;
}

export class TextGenerator {
  private readonly predictor: Predictor;
  /** The names of the tokens. */
  private readonly tokens: readonly string[];
  /** Characters that the net sees at once. */
  private readonly window: number;
  /** Whether it says what follows each place of the window, or the last one only. */
  private readonly every: boolean;
  /** How the training text begins: stands before a prompt that is too short for a net that wants whole windows. */
  private readonly lead: Uint32Array;
  private looksBack = false;

  /** @throws EngineError `generate/no-text` where the net does not predict the next character */
  constructor({ machine, document, data, layout, uniforms, target }: TrainedNet) {
    const shapes = describeDataset(data.dataset);
    const model = buildModel(document, shapes, { batch: 1, training: false });
    const [input] = data.dataset.inputs;
    const { data: batch, judged } = model;
    const answers = judged ? judged.prediction.shape.slice(0, -1) : [];
    const tokens = input?.dtype === 'u32' && input.windows ? input.names : [];
    const isText = batch && judged && tokens.length > 0 && judged.target === batch.y;
    if (!isText || !sameShape(answers, batch.y.shape) || judged.prediction.shape.at(-1) !== tokens.length)
      throw new EngineError('generate/no-text', {});
    this.tokens = tokens;
    this.window = batch.x.shape[1] ?? 1;
    this.every = batch.y.shape.length === 2;
    this.lead = Uint32Array.from(input?.data.subarray(0, this.window) ?? []);
    const wanted = (m: Model) => m.judged?.prediction ?? null;
    this.predictor = new Predictor(machine, document, shapes, layout, {
      ...{ uniforms, ...target },
      ...{ batch: 1, name: 'generate', wanted },
    });
  }

  /**
   * Writes `length` characters, or fewer where it is stopped.
   *
   * @throws EngineError `data/character` for a prompt with an unknown character, `generate/looks-ahead`, `generate/non-finite`
   */
  async generate(options: GenerateOptions, listener: GenerateListener): Promise<void> {
    const { prompt, length, seed } = options;
    const context = [...encodeText(prompt, this.tokens, 'The prompt')];
    // A net that answers at every place needs one to answer at: a new line, where texts have them.
    if (context.length === 0) context.push(Math.max(0, this.tokens.indexOf('\n')));
    const random = randomStream(seed, 'text');
    for (let i = 0; i < length && !listener.isStopped(); i++) {
      const token = tokenAt(tokenProbabilities(await this.nextLogits(context), options), random.uniform());
      context.push(token);
      listener.text(this.tokens[token] ?? '');
    }
  }

  /** What the net says of the token after these; of a context longer than the window, it sees the end. */
  private async nextLogits(context: readonly number[]): Promise<Float32Array> {
    const seen = context.slice(-this.window);
    const missing = this.window - seen.length;
    if (!this.every) return this.predictor.predict(Int32Array.of(...this.lead.subarray(0, missing), ...seen));
    const ask = async (filler: number): Promise<Float32Array> => {
      const answers = await this.predictor.predict(
        Int32Array.of(...seen, ...new Array<number>(missing).fill(filler)),
      );
      const width = this.tokens.length;
      return answers.slice((seen.length - 1) * width, seen.length * width);
    };
    const logits = await ask(0);
    if (missing > 0 && !this.looksBack) {
      // What stands behind the place that is asked must not matter, or the net has never learnt to predict.
      const others = await ask(this.tokens.length - 1);
      const scale = logits.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-6);
      if (logits.some((v, i) => Math.abs(v - (others[i] ?? 0)) > 1e-4 * scale))
        throw new EngineError('generate/looks-ahead', {});
      this.looksBack = true;
    }
    return logits;
  }
}
