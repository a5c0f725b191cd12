/** Which of the two themes is in force, for what is painted pixel by pixel and cannot use CSS variables. */
import { useSyncExternalStore } from 'react';
import type { Theme } from './color-scale.ts';

export function currentTheme(): Theme {
  return document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light';
}

/** Calls back when the theme changes; returns how to stop. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, currentTheme);
}
