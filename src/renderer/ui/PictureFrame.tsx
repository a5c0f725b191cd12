/**
 * What surrounds every picture: its title, what it means, its controls, its menu; a voice for what the cursor is on; and a way
 * to see it as large as the window.
 */
import { Maximize2, Minimize2 } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from './Button.tsx';
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
  const [isLarge, setLarge] = useState(false);
  useEffect(() => {
    if (!isLarge) return;
    // On the window: a button that was clicked has given the keyboard back. A menu that is open over the picture goes first.
    const leave = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) setLarge(false);
    };
    window.addEventListener('keydown', leave);
    return () => window.removeEventListener('keydown', leave);
  }, [isLarge]);
  return (
    <figure className={styles.picture} data-large={isLarge}>
      <figcaption className={styles.caption}>
        <span className={styles.title} title={title}>
          {title}
        </span>
        <WhatIsThis topic={topic} />
        <span className={styles.spring} />
        {controls ? <div className={styles.controls}>{controls}</div> : null}
        <IconButton
          label={isLarge ? 'Back to its place' : 'As large as the window'}
          onClick={() => setLarge(!isLarge)}
        >
          {isLarge ? <Minimize2 aria-hidden /> : <Maximize2 aria-hidden />}
        </IconButton>
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
