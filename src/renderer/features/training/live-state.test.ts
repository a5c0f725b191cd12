import { expect, test } from 'vitest';
import { formatBytes } from '../../../engine/index.ts';
import { trainedRun } from '../../engine-client/testing.ts';
import { liveStateOf } from './live-state.ts';
import { costWords } from './words.ts';

const run = trainedRun(8, 'sigmoid', 40);

test('without a run nothing is tinted and nothing is told', () => {
  expect(liveStateOf(null, null, 'dark')).toMatchObject({ ring: 'none', adapter: null, memoryBytes: null });
});

test('a wire is tinted by the gradient that flows back over it, with the number in words', () => {
  const { wireTints } = liveStateOf(run, null, 'dark');
  const wireFrom = (node: string) => wireTints.get(`${node} y`);
  expect(wireFrom('sigmoid_8')?.label).toMatch(/^\|∂L\/∂a\| 0\.00\d+ \(RMS\)$/);
  expect(wireFrom('sigmoid_1')?.label).toMatch(/10⁻[⁶⁷]/);
  expect(wireFrom('sigmoid_1')?.width).toBeLessThan(wireFrom('sigmoid_8')?.width ?? 0);
  expect(wireFrom('data')).toBeUndefined(); // no gradient is measured there
});

test('the layer where the decay begins is bad, those behind it are warned of, the rest are good', () => {
  const { nodeHealth, ring } = liveStateOf(run, null, 'dark');
  expect(ring).toBe('running');
  expect(nodeHealth.get('sigmoid_8')).toEqual({ level: 'bad', words: 'Gradients vanish: it begins here' });
  expect(nodeHealth.get('sigmoid_1')?.level).toBe('warning');
  expect(nodeHealth.get('output')?.level).toBe('good');
});

test('the memory of a stopped run is free', () => {
  expect(liveStateOf({ ...run, status: 'stopped' }, null, 'light').memoryBytes).toBeNull();
});

test('going back shows that step: its gradients, its loss, and only the verdicts that stood by then', () => {
  const [now, then] = [liveStateOf(run, null, 'dark'), liveStateOf(run, 2, 'dark')];
  expect(then.nodeHealth.get('sigmoid_8')?.level).toBe('good');
  expect(then.loss).toBe(run.log?.batch.loss.at(2));
  expect([...then.wireTints.values()]).not.toEqual([...now.wireTints.values()]);
});

test('what looking costs is said with how often it is done', () => {
  expect(liveStateOf(run, null, 'dark').looking).toMatch(
    /^looking costs 2\.1 %, at every step · keeps up to /,
  );
  const words = [2, 12, 33, 101].map((lookEvery) =>
    costWords({ lookingCost: 0.0123, lookEvery, facts: null }),
  );
  expect(words.map((text) => text.replace('looking costs 1.2 %, at every ', ''))).toEqual([
    '2nd step',
    '12th step',
    '33rd step',
    '101st step',
  ]);
  expect(costWords({ lookingCost: null, lookEvery: 0, facts: null })).toBe('not looking');
});

test('what is kept for looks is told beside their cost, and a cost above all of training without decimals', () => {
  const { facts } = run;
  const kept = facts!.segments
    .filter(({ what }) => what === 'activation' || what === 'gradient')
    .reduce((bytes, { shape }) => bytes + 4 * shape.reduce((n, d) => n * d, 1), 0);
  const looking = { name: 'probe:bins', use: 'looking', bytes: 4096 } as const;
  const memory = { ...facts!.memory, buffers: [looking] };
  expect(costWords({ lookingCost: 12.34, lookEvery: 1, facts: { ...facts!, memory } })).toBe(
    `looking costs 1234 %, at every step · keeps up to ${formatBytes(kept + 4096)}`,
  );
});
