// Every template is trained, for as long as `npm test` may take, and held to what it promises of that.
import { describe, test } from 'vitest';
import { templates } from './index.ts';
import { expectQuality } from './testing.ts';

describe.each(templates.map((template) => [template.title, template] as const))('%s', (_, template) => {
  const { verdicts = [], halts } = template.quality;
  test(verdicts.length > 0 || halts ? 'shows its fault' : 'gets as good as it says', async () => {
    await expectQuality(template, 'quick');
  });
});
