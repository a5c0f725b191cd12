// Templates that take long are trained to their end, for `npm run test:slow`.
import { describe, test } from 'vitest';
import { templates } from './index.ts';
import { expectQuality } from './testing.ts';

const long = templates.filter((template) => template.quality.quick);

describe.each(long.map((template) => [template.title, template] as const))('%s', (_, template) => {
  test('gets as good as it says after all of its training', async () => {
    await expectQuality(template, 'whole');
  });
});
