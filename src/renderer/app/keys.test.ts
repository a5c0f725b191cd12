import { expect, test } from 'vitest';
import { matches, readable } from './keys.ts';

const press = (
  key: string,
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {},
) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
});

test('Ctrl is Command on a Mac', () => {
  expect(matches('CmdOrCtrl+Z', press('z', { ctrlKey: true }), false)).toBe(true);
  expect(matches('CmdOrCtrl+Z', press('z', { metaKey: true }), true)).toBe(true);
  expect(matches('CmdOrCtrl+Z', press('z', { ctrlKey: true }), true)).toBe(false);
});

test('Shift tells two shortcuts apart, but not where the character needs it', () => {
  expect(matches('CmdOrCtrl+Z', press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
  expect(matches('?', press('?', { shiftKey: true }), false)).toBe(true);
  expect(matches('Delete', press('Delete', { shiftKey: true }), false)).toBe(false);
});

test('shortcuts read as the platform writes them', () => {
  expect([readable('CmdOrCtrl+Shift+Z', false), readable('CmdOrCtrl+Shift+Z', true)]).toEqual([
    'Ctrl+Shift+Z',
    '⇧⌘Z',
  ]);
});
