/** A small question mark that says what stands beside it: two sentences and a source, by click or from the keyboard. */
import { Popover } from 'radix-ui';
import { explanations, type Topic } from './explanations.ts';
import styles from './WhatIsThis.module.css';

export function WhatIsThis({ topic }: { readonly topic: Topic }) {
  const { title, text, source } = explanations[topic];
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.mark} aria-label={`What is this? ${title}`} title="What is this?">
        ?
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.words} sideOffset={6} collisionPadding={8} aria-label={title}>
          <strong>{title}</strong>
          <p>{text}</p>
          <small>{source}</small>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
