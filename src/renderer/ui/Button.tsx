/** Buttons: with words, or with an icon and its words in a tooltip. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './Button.module.css';
import { Tip } from './Tip.tsx';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'type'>;

export interface ButtonProps extends Native {
  readonly tone?: 'plain' | 'primary' | 'quiet' | 'danger';
  readonly children: ReactNode;
}

export function Button({ tone = 'plain', children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={styles.button} data-tone={tone} {...rest}>
      {children}
    </button>
  );
}

export interface IconButtonProps extends Native {
  /** The button's name, shown in its tooltip. */
  readonly label: string;
  /** The shortcut, as people read it. */
  readonly keys?: string | undefined;
  readonly pressed?: boolean;
  readonly children: ReactNode;
}

export function IconButton({ label, keys, pressed, children, ...rest }: IconButtonProps) {
  return (
    <Tip text={label} keys={keys}>
      <button type="button" className={styles.icon} aria-label={label} aria-pressed={pressed} {...rest}>
        {children}
      </button>
    </Tip>
  );
}
