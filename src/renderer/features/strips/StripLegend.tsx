/** What the colours of strips and wires mean: a line for each, always in sight, that opens into the whole. */
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { BOTTOM_EXPONENT, TOP_EXPONENT } from '../../pictures/magnitude-rows.ts';
import { stripPalette } from '../../pictures/strip-paint.ts';
import { useSavePicture } from '../../session/save-picture.ts';
import { scaleGradient, type Theme } from '../../ui/color-scale.ts';
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
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles.foot}>
      <div className={styles.legend}>
        <div className={styles.scales}>
          <span className={styles.scale}>
            strips: rare <span className={styles.ramp} style={{ background: scaleGradient(theme) }} /> common
            · each column by itself <WhatIsThis topic="strips" />
          </span>
          <span className={styles.scale}>
            wires: 10⁻¹⁰ <span className={styles.ramp} style={{ background: scaleGradient(theme) }} /> 1 · RMS
            of ∂L/∂a, fixed scale <WhatIsThis topic="wireTint" />
          </span>
          <button
            type="button"
            className={styles.more}
            aria-expanded={isOpen}
            aria-label="All of the legend"
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronDown aria-hidden />
          </button>
        </div>
        {isOpen ? <Words theme={theme} /> : null}
      </div>
      <div className={styles.menu}>
        <PictureMenu source={source} onSave={(file) => void onSave(file)} />
      </div>
    </div>
  );
}

function Words({ theme }: { readonly theme: Theme }) {
  const { zeros, notFinite } = stripPalette(theme);
  return (
    <>
      <p>
        On each node: the values (left, <i>a</i>) and the gradient that reaches them (right, ∂L/∂<i>a</i>).
        Time runs to the right, magnitude upwards from 2<sup>{BOTTOM_EXPONENT}</sup> to 2
        <sup>{TOP_EXPONENT + 1}</sup>, one row per power of two; the outermost rows hold what lies beyond.
      </p>
      <p>
        Colour is the share of elements in a row, with each column scaled to its most common row. The axis is
        the same for every node, step and run.
      </p>
      <p>
        <span className={styles.swatch} style={{ background: `rgb(${zeros.join(' ')})` }} />
        bottom lane: share of exact zeros (and of subnormals, where the GPU flushes them).{' '}
        <span className={styles.swatch} style={{ background: `rgb(${notFinite.join(' ')})` }} />
        top lane: NaN or ±∞.
      </p>
      <p className={styles.marks}>
        Dots <WhatIsThis topic="health" /> Rings <WhatIsThis topic="ring" /> Ports <WhatIsThis topic="port" />{' '}
        Colours <WhatIsThis topic="category" />
      </p>
    </>
  );
}
