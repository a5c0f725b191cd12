/** Where things lie: the app's own folder by the platform's custom, and the project's folders. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `GRADLOOM_USER_DATA`, or the platform's usual place: the same for both shells, so that they share recent files and runs. */
export function defaultDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: string = process.platform,
): string {
  if (env.GRADLOOM_USER_DATA) return env.GRADLOOM_USER_DATA;
  if (platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Gradloom');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Gradloom');
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'Gradloom');
}
