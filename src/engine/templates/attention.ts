// Attention by itself: weighted means with fixed kernels, and one that learns where to look.
import { netTemplate, type Template } from './define.ts';

const smoother = {
  theme: 'attention',
  data: {
    origin: {
      source: 'generated',
      kind: 'curve',
      params: { function: 'sine', frequency: 2, samples: 200, noise: 0.2 },
    },
  },
  loss: ['mse'],
  training: { optimizer: { kind: 'adam', params: { learningRate: 0.2 } }, batchSize: 35, epochs: 50 },
} as const;

const kernels = (variant: string) => ({
  title: 'Nadaraya-Watson regression',
  summary: 'Attention without a net: a mean of what is known, weighted by how near it is. Three kernels.',
  variant,
});

interface Kernel {
  readonly kind: 'gaussian' | 'boxcar' | 'epanechikov';
  readonly variant: string;
  readonly summary: string;
  readonly about: string;
  readonly tries: string;
  readonly width: number;
  readonly reached: number;
}

/** The points of a batch predict each other: query i looks at all keys but its own. */
const nadarayaWatson = ({ kind, variant, summary, about, tries, width, reached }: Kernel): Template =>
  netTemplate({
    ...smoother,
    id: `nadaraya-watson-${kind}`,
    family: kernels(variant),
    title: `Nadaraya-Watson: ${variant.toLowerCase()}`,
    summary,
    text: `A noisy curve, and no net at all: what is said at x is the **mean of the values that are known**, weighted by how near they are,
ŷ(x) = Σ K(|x − xⱼ| / σ) yⱼ / Σ K(|x − xⱼ| / σ) (Nadaraya 1964; Watson 1964). It is attention in its simplest form: x is the **query**, the
known points are the **keys**, and what was measured there are the **values**. ${about}

Each point of a batch is predicted from the others of its batch, never from itself.

**Look at** the attention weights as a heat map: a band along the diagonal once keys are sorted, as wide as σ.

**Try** ${tries}

Reaches a root mean squared error of ${reached} on the test part; the noise alone is 0.2.`,
    quality: { claims: [{ metric: 'rmse', split: 'test', atMost: reached }] },
    notes: ['Queries and keys are the same points; *leave itself out* keeps each from being its own answer.'],
    net(weave, x, data) {
      const pooled = weave.box(
        'attentionPooling',
        { kernel: kind, width, learn: kind !== 'boxcar', leaveOut: true },
        { query: x, key: x, value: data },
      );
      return kind === 'boxcar' ? weave.chain(pooled, ['linear', { units: 1 }]) : pooled;
    },
  });

export const nadarayaWatsonGaussian = nadarayaWatson({
  kind: 'gaussian',
  variant: 'Gaussian',
  summary: 'Weights e^(−u²/2): smooth, with a width that is learnt.',
  about:
    'With the **Gaussian** kernel the weights are a softmax of −u²/2, and σ is learnt: it starts at 0.15, too wide, and shrinks to what predicts best.',
  tries:
    'σ = 0.01 without learning: each point follows its nearest neighbour, noise and all. Then σ = 1: nearly a constant.',
  width: 0.15,
  reached: 0.3,
});

export const nadarayaWatsonBoxcar = nadarayaWatson({
  kind: 'boxcar',
  variant: 'Boxcar',
  summary: 'All points within σ count alike, all others not at all.',
  about:
    'With the **boxcar** all points within σ count alike, and the curve has steps. No gradient reaches σ through a step, so it is fixed, and a linear layer behind the mean is what is trained: it stretches what averaging has flattened.',
  tries: 'σ = 0.05 and 0.4, by hand: find the best by the validation loss.',
  width: 0.12,
  reached: 0.3,
});

export const nadarayaWatsonEpanechikov = nadarayaWatson({
  kind: 'epanechikov',
  variant: 'Epanechikov',
  summary: 'Weights max(0, 1 − u): they fall to 0 at a finite distance.',
  about:
    'This kernel, max(0, 1 − u), falls in a straight line to 0 at distance σ, so far points do not count at all; σ is learnt.',
  tries: 'the Gaussian beside it: which width does each learn? Compare the weights of one query.',
  width: 0.3,
  reached: 0.3,
});

export const smoothers: readonly Template[] = [
  nadarayaWatsonGaussian,
  nadarayaWatsonBoxcar,
  nadarayaWatsonEpanechikov,
];
