// What was measured is there in the next session, and the first to measure is believed.
import { expect, test } from 'vitest';
import { openCuts } from './cuts.ts';
import { temporaryFolder } from './testing.ts';

test('cuts are kept from one session to the next, of all that measured', async () => {
  const folder = await temporaryFolder();
  const [one, other] = [await openCuts(folder), await openCuts(folder)];
  one.set('gpu|product', 'direct 4×4×1');
  other.set('gpu|product', 'direct 8×4×1');
  other.set('gpu|other', 'subgroup 8×4×4');
  await one.save();
  await other.save();
  const later = await openCuts(folder);
  expect(later.get('gpu|product')).toBe('direct 4×4×1');
  expect(later.get('gpu|other')).toBe('subgroup 8×4×4');
  expect(later.get('gpu|none')).toBeUndefined();
});
