// Whatever a text holds, quoted it is the same text again, and in a comment it stays in the comment.
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commentText, Identifiers, markdownText, quoted } from './text.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom("'", '"', '\\', "\\'", '`', '*/', '\u2028', '\r\n', '\u202e', '</script>', '\\u0027', '\0'),
  fc
    .array(fc.constantFrom("'", '"', '\\', '\n', '*', '/', '`', '$', '{', '}'))
    .map((parts) => parts.join('')),
);

describe('texts on their way into code', () => {
  it('come back from a string literal as they were', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(runInNewContext(quoted(text))).toBe(text);
      }),
    );
  });

  it('stay on one line of a comment, and do not end it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const comment = commentText(text);
        expect(comment).not.toMatch(/[\n\r\u2028\u2029\u202a-\u202e\u2066-\u2069]|\*\//u);
        expect(runInNewContext(`/* ${comment} */ 1 // ${comment}`)).toBe(1);
      }),
    );
  });

  it('make no heading, link or tag of Markdown', () => {
    expect(markdownText('# <b>[x](javascript:1)</b>\n- `y`')).toBe(
      '\\# \\<b\\>\\[x\\]\\(javascript:1\\)\\</b\\> \\- \\`y\\`',
    );
  });

  it('give every identifier once', () => {
    const names = new Identifiers();
    expect([names.claim('relu'), names.claim('relu'), names.claim('class')]).toEqual([
      'relu',
      'relu_2',
      'class_2',
    ]);
  });
});
