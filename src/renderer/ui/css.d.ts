/** Custom properties in `style`: the tone of a category, handed from a component to its stylesheet. */
import 'react';

declare module 'react' {
  interface CSSProperties {
    '--tone'?: string;
  }
}
