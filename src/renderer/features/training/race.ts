/** Who races when optimisers are compared: the document's own as it is set, and others with the learning rate that they declare. */
import { optimizerOf, type TrainingSettings } from '../../../engine/index.ts';
import type { RaceEntry } from '../../engine-client/client.ts';

type Optimizer = TrainingSettings['optimizer'];

/** In the order in which they are asked to take part. */
const field: readonly { readonly name: string; readonly optimizer: Optimizer }[] = [
  { name: 'SGD', optimizer: { kind: 'sgd', params: {} } },
  { name: 'Momentum', optimizer: { kind: 'sgd', params: { momentum: 0.9, nesterov: true } } },
  { name: 'Adagrad', optimizer: { kind: 'adagrad', params: {} } },
  { name: 'RMSProp', optimizer: { kind: 'rmsprop', params: {} } },
  { name: 'Adam', optimizer: { kind: 'adam', params: {} } },
];
/** So many curves are told apart in one picture. */
const racers = 5;

const hasMomentum = ({ params }: Optimizer): boolean => Number(params.momentum ?? 0) > 0;

/** SGD with momentum is another rule than SGD; what else differs are numbers. */
const isSameRule = (a: Optimizer, b: Optimizer): boolean =>
  a.kind === b.kind && (a.kind !== 'sgd' || hasMomentum(a) === hasMomentum(b));

/** The document's own optimiser first: edits of its settings reach that run while it trains. */
export function raceEntries(training: TrainingSettings): readonly RaceEntry[] {
  const own = training.optimizer;
  const known = field.find(({ optimizer }) => isSameRule(optimizer, own));
  const others = field.filter((entry) => entry !== known).slice(0, racers - 1);
  const all = [{ name: known?.name ?? optimizerOf(own.kind)?.title ?? own.kind, optimizer: own }, ...others];
  return all.map(({ name, optimizer }) => ({
    name: `${name}, ${rateOf(optimizer)}`,
    training: { ...training, optimizer },
  }));
}

/** The learning rate, as set or as declared. */
function rateOf({ kind, params }: Optimizer): string {
  const parsed = optimizerOf(kind)?.params.safeParse(params);
  return String(parsed?.success ? parsed.data.learningRate : params.learningRate);
}
