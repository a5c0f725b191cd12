import { expect, test } from 'vitest';
import { svgBrush } from './brush.ts';

test('a picture is written as SVG with the same marks, and text cannot break out of it', () => {
  const { brush, finish } = svgBrush(100, 50);
  brush.rectangle(1, 2, 3, 4, '#fff');
  brush.line([0, 0, 10, 10, Number.NaN, 0, 20, 20, 30, 30], { stroke: 'red', dash: [4, 2] });
  brush.circle(5, 5, 2, { fill: 'blue' });
  brush.text(50, 25, 'a < "b" & c', { color: 'black', align: 'center', turn: -90 });
  expect(finish().split('\n')).toEqual([
    expect.stringMatching(
      /^<svg .*viewBox="0 0 100 50".*><rect x="1" y="2" width="3" height="4" fill="#fff"\/>$/,
    ),
    '<path d="M0 0L10 10M20 20L30 30" fill="none" stroke="red" stroke-width="1" stroke-linejoin="round" stroke-dasharray="4 2"/>',
    '<circle cx="5" cy="5" r="2" fill="blue"/>',
    '<text x="50" y="25" fill="black" font-size="11" text-anchor="middle" dominant-baseline="central" ' +
      'transform="rotate(-90 50 25)">a &lt; &quot;b&quot; &amp; c</text></svg>',
  ]);
});
