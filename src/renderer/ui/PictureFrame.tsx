/** What surrounds every picture: its title, what it means, its controls, its menu; and a voice for what the cursor is on. */
import type { ReactNode } from 'react';
import type { Topic } from './explanations.ts';
import styles from './Picture.module.css';
import { PictureMenu } from './PictureMenu.tsx';
import type { PictureFile, PictureSource } from './picture.ts';
import { WhatIsThis } from './WhatIsThis.tsx';

export interface PictureFrameProps {
  readonly title: string;
  readonly topic: Topic;
  readonly source: PictureSource;
  onSave(file: PictureFile): void;
  /** One line under the title that says what is normalised how; always in sight. */
  readonly legend?: ReactNode;
  /** Buttons in the caption. */
  readonly controls?: ReactNode;
  /** What the keyboard's cursor is on, read out. */
  readonly spoken: string;
  readonly children: ReactNode;
}

export function PictureFrame(props: PictureFrameProps) {
  const { title, topic, source, onSave, legend, controls, spoken, children } = props;
  return (
    <figure className={styles.picture}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <WhatIsThis topic={topic} />
        <span className={styles.spring} />
        {controls}
        <PictureMenu source={source} onSave={onSave} />
      </figcaption>
      {legend === undefined ? null : <div className={styles.legend}>{legend}</div>}
      {children}
      <output className={styles.spoken} aria-live="polite">
        {spoken}
      </output>
    </figure>
  );
}
