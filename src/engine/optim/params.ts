// Parameters that several optimisers have.
import { z } from 'zod';
import { param } from '../layers/define.ts';

export const learningRate = (value: number) =>
  param(z.number().min(0).max(1000).default(value), {
    title: 'Learning rate',
    description: 'The size of each step. Too small: the loss hardly moves. Too large: it jumps or grows.',
    hot: true,
  });

export const weightDecay = (value: number) =>
  param(z.number().min(0).max(10).default(value), {
    title: 'Weight decay',
    description: 'Pulls every weight towards 0, which keeps the net simple.',
    hot: true,
  });
