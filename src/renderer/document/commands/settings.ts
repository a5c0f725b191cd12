/** What a person does to the document itself: its name, its text, its notes, how it is trained. */
import type { DocNote, GraphDocument, TrainingSettings } from '../../../engine/index.ts';
import { nothingSelected } from '../../session/session.ts';
import { newId } from '../ids.ts';
import type { Command } from '../store.ts';
import type { Point } from './nodes.ts';

export function renameDocument(name: string): Command {
  const kept = name.trim().slice(0, 200) || 'Untitled';
  return {
    label: 'rename the document',
    apply: (doc) => (doc.name === kept ? doc : { ...doc, name: kept }),
  };
}

export function setDescription(description: string): Command {
  return {
    label: 'edit the guide',
    mergeKey: 'description',
    apply: (doc) => (doc.description === description ? doc : { ...doc, description }),
  };
}

/** Changes some of the training settings. */
export function setTraining(patch: Partial<TrainingSettings>, mergeKey?: string): Command {
  return {
    label: `change ${Object.keys(patch)
      .map((key) => trainingWords[key] ?? key)
      .join(', ')}`,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const training = { ...doc.training, ...patch };
      return JSON.stringify(training) === JSON.stringify(doc.training) ? doc : { ...doc, training };
    },
  };
}

const trainingWords: Record<string, string> = {
  optimizer: 'the optimiser',
  schedule: 'the schedule',
  clipping: 'how gradients are clipped',
  penalty: 'the penalty of weights',
  stopping: 'early stopping',
  accumulation: 'the micro-batches of a step',
  batchSize: 'the batch size',
  epochs: 'the epochs',
  thresholds: 'the thresholds of verdicts',
  seed: 'the seed',
};

/** Adds a note and selects it. */
export function addNote(position: Point, text = '', id: string = newId('t')): Command {
  const note: DocNote = { text, position: [position[0], position[1]], size: [240, 120] };
  return {
    label: 'add a note',
    select: { ...nothingSelected, notes: new Set([id]) },
    apply: (doc) => ({ ...doc, notes: { ...doc.notes, [id]: note } }),
  };
}

/** Changes a note's text or size. */
export function setNote(
  id: string,
  patch: Partial<Pick<DocNote, 'text' | 'size'>>,
  mergeKey?: string,
): Command {
  return {
    label: patch.size ? 'resize a note' : 'edit a note',
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const note = doc.notes[id];
      if (!note) return doc;
      const next = { ...note, ...patch };
      return JSON.stringify(next) === JSON.stringify(note)
        ? doc
        : { ...doc, notes: { ...doc.notes, [id]: next } };
    },
  };
}

/** Puts another graph in place of this one, as one step: a fix, a layout of it all, edits made in the code. */
export function replaceDocument(next: GraphDocument, label: string): Command {
  return { label, whole: true, apply: () => next };
}
