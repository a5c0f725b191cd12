/** Questions that must be answered before something goes on: one at a time, shown by the app, answered by a promise. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly tone?: 'primary' | 'danger' | 'plain';
}

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly choices: readonly Choice<string>[];
  /** Null: the dialog was closed, which means "do nothing". */
  answer(value: string | null): void;
}

export type QuestionStore = StoreApi<{ readonly question: Question | null }>;

export function createQuestionStore(): QuestionStore {
  return createStore(() => ({ question: null }));
}

/** Asks, and waits. An open question is answered with "do nothing" by the next one. */
export function ask<T extends string>(
  store: QuestionStore,
  { title, text, choices }: { title: string; text: string; choices: readonly Choice<T>[] },
): Promise<T | null> {
  store.getState().question?.answer(null);
  return new Promise((resolve) => {
    const answer = (value: string | null): void => {
      store.setState({ question: null });
      resolve(choices.find((c) => c.value === value)?.value ?? null);
    };
    store.setState({ question: { title, text, choices, answer } });
  });
}
