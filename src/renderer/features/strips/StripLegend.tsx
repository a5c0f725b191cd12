/** What the strips mean, in words: a line that opens into the whole. */

import { BOTTOM_EXPONENT, TOP_EXPONENT } from '../../pictures/magnitude-rows.ts';
import { stripPalette } from '../../pictures/strip-paint.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { scaleGradient } from '../../ui/color-scale.ts';
import { PictureMenu } from '../../ui/PictureMenu.tsx';
import type { PictureSource } from '../../ui/picture.ts';
import { useTheme } from '../../ui/theme.ts';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import styles from './CanvasStrips.module.css';

interface StripLegendProps {
  /** The canvas with its strips and wires, to be taken out. */
  readonly source: PictureSource;
}

export function StripLegend({ source }: StripLegendProps) {
  const onSave = useSavePicture();

  const theme = useTheme();
  const { zeros, notFinite } = stripPalette(theme);
  return (
    <div className={styles.foot}>
      <details className={styles.legend}>
        <summary>
          rare <span className={styles.ramp} style={{ background: scaleGradient(theme) }} /> common · each
          column by itself
        </summary>
        <p>
          On each node: the values (left, <i>a</i>) and the gradient that reaches them (right, ∂L/∂<i>a</i>).
          Time runs to the right, magnitude upwards from 2<sup>{BOTTOM_EXPONENT}</sup> to 2
          <sup>{TOP_EXPONENT + 1}</sup>, one row per power of two; the outermost rows hold what lies beyond.
        </p>
        <p>
          Colour is the share of elements in a row, with each column scaled to its most common row. The axis
          is the same for every node, step and run.
        </p>
        <p>
          <span className={styles.swatch} style={{ background: `rgb(${zeros.join(' ')})` }} />
          bottom lane: share of exact zeros (and of subnormals, where the GPU flushes them).{' '}
          <span className={styles.swatch} style={{ background: `rgb(${notFinite.join(' ')})` }} />
          top lane: NaN or ±∞.
        </p>
        <p className={styles.marks}>
          Strips <WhatIsThis topic="strips" /> Wires <WhatIsThis topic="wireTint" /> Dots{' '}
          <WhatIsThis topic="health" /> Rings <WhatIsThis topic="ring" /> Ports <WhatIsThis topic="port" />{' '}
          Colours <WhatIsThis topic="category" />
        </p>
      </details>
      <div className={styles.menu}>
        <PictureMenu source={source} onSave={(file) => void onSave(file)} />
      </div>
    </div>
  );
}
