/**
 * What every number, colour and picture on screen means: two sentences and a source, by topic. One table, so that the same
 * thing is said the same way wherever it is shown; `WhatIsThis` shows an entry, and a test holds each to its form.
 */

export interface Explanation {
  readonly title: string;
  /** Two sentences: what it is, and how to read it. */
  readonly text: string;
  /** Where the definition or the advice comes from. */
  readonly source: string;
}

const own = 'Gradloom’s own definition';

export const explanations = {
  strips: {
    title: 'Strips on nodes',
    text: 'Each column is the histogram of |values| (left strip) or of |∂L/∂values| (right strip) at one moment, with one row per power of two and a colour for the share of elements. Each column is scaled to its most common row and nothing is scaled to neighbours or to other steps, so what looks alike is alike.',
    source: 'Glorot & Bengio 2010, figures 2 to 4; rows are the exponent of the number itself (IEEE 754)',
  },
  wireTint: {
    title: 'Colour of wires',
    text: 'A wire is coloured by the root mean square of the gradient that flows back over it, on a fixed logarithmic scale from 10⁻¹⁰ to 1. The same colour means the same size in every net, layer, step and run, and the exact number stands in the wire’s label and in its inspector.',
    source: 'Colour scale cividis: Nuñez, Anderton & Renslow 2018',
  },
  health: {
    title: 'Health dot',
    text: 'Green says that no rule complains of this node, amber that it suffers from a verdict, red that a verdict begins here or that it holds NaN or ∞. The dot repeats in one sign what verdict cards say in words.',
    source: own,
  },
  ring: {
    title: 'Ring around nodes',
    text: 'Green while the net trains, amber while it is paused, red on the node that a failure names. Nodes without a ring take part in no run.',
    source: own,
  },
  port: {
    title: 'Ports',
    text: 'Round ports carry numbers, diamonds carry labels; the text beside a port is the shape of what comes out, the batch first. A port fades while a wire is drawn that it cannot take, and says why.',
    source: own,
  },
  category: {
    title: 'Colours of layers',
    text: 'A colour for each category of layers, the same in the palette (where the number of its layers stands beside it), on nodes and on the map of the canvas. The icon and the name say the same, so that nothing depends on the colour.',
    source: own,
  },
  templatePicture: {
    title: 'Pictures of templates',
    text: 'Each is the template’s own graph, a box for each layer in the colour of its category and a line for each wire. It is drawn from the very document that opens, so what it shows is what you get.',
    source: own,
  },
  problems: {
    title: 'Problems',
    text: 'How many places of the graph keep it from training (errors), or are probably not what was meant (warnings). They are found at every edit, before anything runs, and each says where it is and what mends it.',
    source: own,
  },
  split: {
    title: 'Split of the data',
    text: 'The shares of the samples that train the net, that judge it while it trains, and that are kept for the end; the test share is what the other two leave. The split’s own seed draws which sample goes where, so the same seed gives the same parts.',
    source: 'Hastie, Tibshirani & Friedman, The elements of statistical learning 2009, section 7.2',
  },
  shape: {
    title: 'Shape',
    text: 'The sizes of a tensor along its axes, the batch first: 32 × 10 are 32 samples of 10 numbers each. It is worked out from the graph at every edit, before anything runs.',
    source: 'Zhang et al., Dive into Deep Learning, section 2.3',
  },
  progress: {
    title: 'Step and epoch',
    text: 'A step trains on one batch; an epoch is as many steps as it takes to see every training sample once. Batches are drawn in an order that the seed fixes, so that the same seed gives the same run.',
    source: 'Goodfellow, Bengio & Courville 2016, section 8.1',
  },
  loss: {
    title: 'Loss',
    text: 'The number that training makes smaller: the mean of the loss node’s output over a batch. Faint is every batch, bold is an exponential average of the batches, dashed is the whole validation part.',
    source: 'Goodfellow, Bengio & Courville 2016, chapter 8',
  },
  metric: {
    title: 'Metric',
    text: 'How good the predictions are in terms that a person cares for, such as the share of right answers. Training never sees it, so it may stand still while the loss falls, and the other way round.',
    source: 'Goodfellow, Bengio & Courville 2016, section 11.1',
  },
  scores: {
    title: 'Scores',
    text: 'Loss and measures over a whole part of the data in eval mode, with the weights of the step that stands in the column’s head; in the past, with those kept at or before it. Precision, recall and F1 are plain means over the classes, so that rare classes count as much as common ones.',
    source: 'Sokolova & Lapalme, A systematic analysis of performance measures, 2009',
  },
  trainingSettings: {
    title: 'Training settings',
    text: 'The batch size says over how many samples a step averages its gradient, epochs how often every sample is seen before training ends, and the seed fixes the initial weights and the order of the batches. The same document with the same seed gives the same run on the same GPU, to the last bit.',
    source: 'Goodfellow, Bengio & Courville 2016, sections 8.1 and 8.3',
  },
  learningRate: {
    title: 'Learning rate and batch size',
    text: 'The learning rate says how far a step goes along what the optimiser makes of the gradient, the batch size over how many samples that gradient is averaged. Too small a rate hardly moves the loss, too large a one makes it jump about; the slider is logarithmic.',
    source: 'Goodfellow, Bengio & Courville 2016, section 11.4.1',
  },
  pruning: {
    title: 'Prune and rewind',
    text: 'The weights of the smallest magnitude become zero for good, in each layer or in the net as a whole, and the others go back to what they were at an early step and are trained again. A net that still learns as well holds a smaller one that was lucky in its initial weights.',
    source: 'Frankle & Carbin, The lottery ticket hypothesis, ICLR 2019',
  },
  sampling: {
    title: 'How the net writes',
    text: 'Each character is drawn from the shares that the net gives to all of them, sharpened by a temperature below 1 and flattened by one above, among the k likeliest where k is not 0. Temperature 0 always takes the likeliest, and the same seed draws the same text.',
    source: 'Fan, Lewis & Dauphin, Hierarchical neural story generation, ACL 2018',
  },
  runs: {
    title: 'Runs',
    text: 'Every run of this window with its step, its smoothed loss and its newest validation score; forks stand under the name of what was changed. Click one to see it everywhere, and lay another beside it to compare the two.',
    source: own,
  },
  dataPreview: {
    title: 'A look at the data',
    text: 'Some samples as the net is given them, before any batch is drawn: points by their first two numbers and coloured by their target, others as numbers. Training, validation and test parts are drawn from them by the data’s own seed.',
    source: 'Anscombe, Graphs in statistical analysis, 1973',
  },
  depthProfile: {
    title: 'Depth profile of the gradient',
    text: 'The root mean square of ∂L/∂a (solid) and of ∂L/∂w (dashed) at every layer, from the input to the loss, in powers of ten; the band holds the 10th to 90th percentile of the non-zero elements, and layers beside a skip are triangles off the line. A level line is healthy, a line that falls towards the input is a vanishing gradient, one that rises towards it an exploding one.',
    source: 'Glorot & Bengio 2010; Hochreiter 1991',
  },
  overlay: {
    title: 'All layers laid over each other',
    text: 'For each layer the share of its elements in every power of two, at the step that is looked at; the colour runs from the input to the loss, as the legend shows. Each line is scaled by the number of its own elements only, and exact zeros, NaN and ∞ have no logarithm and are told on hover.',
    source: 'Glorot & Bengio 2010, figures 6 and 7',
  },
  ratioLines: {
    title: 'Update : weight',
    text: 'How much one step changes each weight tensor, as a part of its size, in powers of ten. About 10⁻³ is a common rule of thumb and the band marks 10⁻⁴ to 10⁻²; below it a layer hardly learns, above it training may jump about.',
    source: 'Karpathy, CS231n notes on babysitting the learning process; Deeplearning4j’s tuning guide',
  },
  ridgeline: {
    title: 'One tensor over time',
    text: 'Every ridge is the histogram of one tensor at one captured step, the newest in front, over the same logarithmic axis. Heights are shares of all elements and use one scale for all ridges, so a ridge that gets lower got wider or lost elements to exact zero.',
    source: 'Wilke, Fundamentals of Data Visualization 2019, chapter 9',
  },
  timeGradient: {
    title: 'Gradient against time step',
    text: 'The norm of ∂L/∂h at each time step of a recurrent net, in powers of ten. If it falls towards the first steps, what was seen early cannot be learnt from: the gradient vanishes through time.',
    source: 'Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013',
  },
  headEntropy: {
    title: 'Entropy of attention heads',
    text: 'How widely each head spreads its weights: 100 % looks everywhere alike, 0 % at a single place. Heads that stay at either end have often learnt nothing, or can learn nothing more.',
    source:
      'Zhai et al., Stabilizing transformer training by preventing attention entropy collapse, ICML 2023',
  },
  headGradient: {
    title: 'Gradient of attention heads',
    text: 'The norm of the gradient that reaches what each head gives, in powers of ten. Heads far below their neighbours are hardly trained.',
    source: 'Michel, Levy & Neubig, Are sixteen heads really better than one, NeurIPS 2019',
  },
  start: {
    title: 'Before training',
    text: 'After each edit one mini-batch goes forward and backward through the initial weights, in the background, so that strips, wires and warnings are there before you press Play. Nothing is trained by it, and Play begins from the very same weights.',
    source: 'Glorot & Bengio 2010; Mishkin & Matas, All you need is a good init, ICLR 2016',
  },
  timeline: {
    title: 'Timeline',
    text: 'Every tick is a step of which the tensors were captured: all of the first 256, then fewer, evenly spaced in the logarithm of the step. Going back shows that step everywhere while training goes on; End returns to the newest.',
    source: own,
  },
  verdict: {
    title: 'Verdict',
    text: 'A rule with fixed thresholds has held over many captures in a row, and the card names the layer where the trouble begins. It is evidence and not proof: the card says when it may be wrong, and “Prove it” tests it.',
    source: 'Thresholds start from AutoTrainer (Zhang et al., ICSE 2021) and SageMaker Debugger',
  },
  threshold: {
    title: 'Thresholds of a rule',
    text: 'The numbers that the rule compares with, which you may change for all runs of this window. A changed threshold counts from the next capture on and changes nothing that was said before.',
    source: own,
  },
  proof: {
    title: 'Prove it',
    text: 'The net with the fix trains beside the original with the same seed and the same batches: from step 0, or from where the original stands, with its weights where their shape and their way to begin are still the same. If the verdict’s numbers and the loss part ways, the verdict was right; if not, undo takes the edit back.',
    source: 'A controlled experiment: one thing changed, everything else held',
  },
  comparison: {
    title: 'Runs side by side',
    text: 'The same numbers of all runs, the verdict’s own among them, each at its newest step or all at the step that is looked at. With the same seed they see the same batches in the same order.',
    source: own,
  },
  lookingCost: {
    title: 'Cost of looking',
    text: 'The share is what looks add to the time of training without them, the median of pairs of submissions with and without; the first 256 steps are looked at whatever it costs, and then the interval widens by itself until it stays below 3 %. The bytes stay at every step so that looks can be taken at all, and the little time that keeping them takes is not in the share.',
    source: own,
  },
  parameters: {
    title: 'Parameters',
    text: 'How many numbers the optimiser changes: all elements of all weights and biases. Each takes 4 bytes as a weight, 4 as a gradient, and 4 per state of the optimiser.',
    source: 'Goodfellow, Bengio & Courville 2016, chapter 6',
  },
  flops: {
    title: 'Arithmetic',
    text: 'Floating-point operations of one pass over one batch, counted from the shapes: a multiplication and an addition are two. A training step costs about three forward passes.',
    source: 'Kaplan et al. 2020, section 2.1',
  },
  memory: {
    title: 'GPU memory',
    text: 'Bytes of weights, gradients, optimiser states and activations: forecast from the shapes before a run, counted from the buffers during it. Activations grow with the batch size, the rest does not.',
    source: own,
  },
  speed: {
    title: 'Steps per second',
    text: 'Training steps per second of late, looking included. One step is one batch forwards, backwards, and one update of all weights.',
    source: own,
  },
  decisionRegions: {
    title: 'Decision regions',
    text: 'The net’s answer over a plane of inputs, computed on a grid with the weights of the step that is looked at and interpolated linearly between its points; the samples lie over it. Hue is the answer and strength its certainty, and the line marks where two answers are equally likely.',
    source: 'Duda, Hart & Stork, Pattern Classification 2001, section 2.4',
  },
  unitRegions: {
    title: 'What a unit responds to',
    text: 'The output of a single unit at every point of the same plane, on one scale for all units of the layer, which the legend states. A deeper unit’s picture is made of those of the layer before it.',
    source: 'Smilkov & Carter, TensorFlow Playground 2016',
  },
  curveFit: {
    title: 'A function and its units',
    text: 'The bold line is the net’s output for every input in the range of the data; the faint ones are the terms of the last layer, weight times unit, whose sum with the bias it is. With more units there are more bends to add up.',
    source: 'Cybenko 1989; Hornik, Stinchcombe & White 1989',
  },
  confusion: {
    title: 'Confusion matrix',
    text: 'Each cell counts the samples of one true class (row) that got one answer (column); right answers lie on the diagonal. Colour is the share of the row, so rare classes are seen as well as common ones; choose a cell to see its samples.',
    source: 'Stehman 1997',
  },
  predictions: {
    title: 'Predictions',
    text: 'What the net answers for each sample with the weights of the step that is looked at, in eval mode, beside what it should have said. Sorted by loss the worst errors come first, which often shows wrong labels.',
    source: 'Karpathy, A recipe for training neural networks 2019',
  },
  filters: {
    title: 'First-layer filters',
    text: 'The weights of the first layer as pictures, one for each unit and channel. All share one scale, which is symmetric about zero: the middle of the legend’s colours is zero, its ends are the numbers beside it.',
    source: 'Krizhevsky, Sutskever & Hinton 2012, figure 3; scale cividis',
  },
  featureMaps: {
    title: 'Feature maps',
    text: 'What each channel of a layer answers for the chosen sample, place by place. All channels share one scale, so a faint map is a weak one and not a map of small range.',
    source: 'Zeiler & Fergus 2014',
  },
  attentionMaps: {
    title: 'Attention maps',
    text: 'How much each query (row) takes from each key (column) for the chosen sample, one picture for each head. Every row adds up to 1 and the colour scale runs from 0 to 1.',
    source: 'Bahdanau, Cho & Bengio 2015; Vaswani et al. 2017',
  },
  embedding: {
    title: 'Embedding',
    text: 'Samples (or tokens) as the layer sees them, projected on the two directions in which they differ most. The axes say which share of the variance each direction holds; distances across the rest are lost.',
    source: 'Principal components: Pearson 1901; Hotelling 1933',
  },
  spectrum: {
    title: 'Weight spectrum',
    text: 'The largest singular values of a weight matrix at kept steps: by how much it can stretch a signal at most. A product of matrices whose values stay near 1 keeps signals and gradients level; values far above or below make them explode or vanish.',
    source: 'Saxe, McClelland & Ganguli 2014; Golub & Van Loan, section 8.6',
  },
  kernels: {
    title: 'Kernels of a step',
    text: 'Every program that the GPU runs in one training step: its time by the GPU’s own clock, its share of the step, and the arithmetic and the traffic of memory that its shapes ask for. “Of the best” is the time that the arithmetic or the traffic would take at the rates of a large product or copy on this adapter, whichever is more, as a part of the time taken.',
    source: 'Williams, Waterman & Patterson, Roofline, Communications of the ACM 2009',
  },
  memoryParts: {
    title: 'Memory and start',
    text: 'The bytes of every GPU buffer that the run made, by what they are for, and what there was to do before the first step. Activations share buffers where they do not live at the same time; “alive at once” is the least that any sharing could reach.',
    source: own,
  },
  tensorFace: {
    title: 'Tensors of a stage',
    text: 'What enters the layer, what it holds and what leaves it, for this one sample: as numbers where there are few, else as colours on a scale of its own, symmetric about zero, whose ends stand below. The last line gives the shape, the smallest and the largest number, and the root mean square.',
    source: 'Scale cividis: Nuñez, Anderton & Renslow 2018',
  },
  microscope: {
    title: 'Microscope',
    text: 'One sample on its way through the net, node by node, and its gradient on the way back, with the weights of the step that is looked at and in eval mode. The gradient is that of this sample’s own loss, not of a batch.',
    source: 'Rumelhart, Hinton & Williams 1986',
  },
} as const satisfies Record<string, Explanation>;

export type Topic = keyof typeof explanations;
