/** What a picture can be taken out as: PNG, SVG, and its numbers as CSV. */

/** Columns first, then rows. */
export type Table = readonly (readonly (string | number)[])[];

export interface PictureSource {
  /** What the files are called, without an ending. */
  readonly name: string;
  png(): Promise<Blob>;
  svg(): string;
  table(): Table;
}

/** A finished file, on its way to where the user says. */
export interface PictureFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kind: 'image' | 'table';
}

/** A title as a file's name: `depth-profile-of-the-gradient`. */
export function fileNameOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** RFC 4180. */
export function csvOf(rows: Table): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
