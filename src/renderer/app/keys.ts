/** Shortcuts: from Electron's notation to what the keyboard sends, and to what people read. */

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

interface Chord {
  readonly key: string;
  readonly mod: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

function parse(accelerator: string): Chord {
  const parts = accelerator.split('+');
  const key = accelerator.endsWith('++') ? '+' : (parts.at(-1) ?? '');
  return {
    key: keyNames[key] ?? key.toLowerCase(),
    mod: parts.includes('CmdOrCtrl'),
    shift: parts.includes('Shift'),
    alt: parts.includes('Alt'),
  };
}

const keyNames: Record<string, string> = {
  Space: ' ',
  Plus: '+',
  Left: 'arrowleft',
  Right: 'arrowright',
  Up: 'arrowup',
  Down: 'arrowdown',
};

/** Whether a key press is this shortcut. Shift is not asked for where the character itself needs it: `?`, `+`. */
export function matches(accelerator: string, press: KeyPress, isMac: boolean): boolean {
  const { key, mod, shift, alt } = parse(accelerator);
  const pressedMod = isMac ? press.metaKey : press.ctrlKey;
  const otherMod = isMac ? press.ctrlKey : press.metaKey;
  const isSymbol = key.length === 1 && !/[a-z0-9 ]/.test(key);
  // With Alt or Shift held a letter may type another character, so letters and digits are also known by their place.
  const byPlace = /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : null;
  const sameKey = press.key.toLowerCase() === key || (byPlace !== null && alt && press.code === byPlace);
  return (
    sameKey &&
    pressedMod === mod &&
    !otherMod &&
    press.altKey === alt &&
    (isSymbol || press.shiftKey === shift)
  );
}

/** `Ctrl+Shift+Z`, or `⇧⌘Z` on a Mac. */
export function readable(accelerator: string, isMac: boolean): string {
  const { mod, shift, alt } = parse(accelerator);
  const name = accelerator.endsWith('++') ? '+' : (accelerator.split('+').at(-1) ?? '');
  const key = arrows[name] ?? name;
  if (isMac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${key}`;
  return [mod && 'Ctrl', alt && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}

const arrows: Record<string, string> = { Left: '←', Right: '→', Up: '↑', Down: '↓' };
