/** The theme: the system's, or the one that was chosen; kept in the settings, shown on the root element. */
import { valueOrSay } from '../session/files.ts';
import type { SessionState } from '../session/session.ts';
import type { Workbench } from '../session/workbench.ts';

export function setTheme({ session, host }: Workbench, theme: SessionState['theme']): void {
  session.setState({ theme });
  void host.invoke('settings:set', { theme }).then(valueOrSay);
}

/** Keeps the root element in step with session and system. Returns how to stop. */
export function followTheme({ session }: Workbench): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const { theme, isDark: was } = session.getState();
    const isDark = theme === 'dark' || (theme === 'system' && system.matches);
    if (isDark !== was) session.setState({ isDark });
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  };
  apply();
  const stop = session.subscribe(apply);
  system.addEventListener('change', apply);
  return () => {
    stop();
    system.removeEventListener('change', apply);
  };
}
