// The list of templates, in the order of the start screen.
import type { Template } from './define.ts';
import { mlpMnist, mlpPenguins, mlpSpirals, universalApproximation } from './nets.ts';
import {
  linearRegression,
  logisticRegression,
  perceptron,
  polynomialRegression,
  softmaxRegression,
} from './regression.ts';
import { deepRelu, deepSigmoid } from './vanishing.ts';

export const templates: readonly Template[] = [
  deepSigmoid,
  deepRelu,
  mlpSpirals,
  mlpMnist,
  mlpPenguins,
  universalApproximation,
  perceptron,
  linearRegression,
  polynomialRegression,
  logisticRegression,
  softmaxRegression,
];

export function templateOf(id: string): Template | undefined {
  return templates.find((t) => t.id === id);
}
