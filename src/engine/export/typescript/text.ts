/**
 * Texts of a document on their way into code: quoted, or as a comment that cannot end early, nor show anything but what it
 * says (Boucher & Anderson, "Trojan Source", 2021).
 */

/** Line ends, control characters, and marks that turn the direction of writing. */
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** One line of a comment: `text` without what could end it or mislead. */
export function commentText(text: string, longest = 160): string {
  const line = text.replace(unsafe, ' ').replaceAll('*/', '* /').replace(/\s+/g, ' ').trim();
  // Cut between characters, not between the halves of one.
  const points = [...line];
  return points.length > longest ? `${points.slice(0, longest - 1).join('')}…` : line;
}

/** A string literal. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).replace(unsafe, (marks) =>
    [...marks].map((c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  );
  if (escaped.includes("'")) return escaped;
  return `'${escaped.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** Markdown that shows the text as it is: every mark that Markdown or HTML would read is escaped. */
export function markdownText(text: string): string {
  return commentText(text, 2000).replace(/[\\`*_{}[\]()#+!|<>&~$-]/g, (mark) => `\\${mark}`);
}

/** Words that cannot name a variable in a module, or that the generated code uses itself. */
const reserved: ReadonlySet<string> = new Set(
  `arguments as async await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for from function get if implements import in instanceof interface let new null of package private protected public
  return set static super switch this throw true try type typeof undefined var void while with yield
  Array Error Float32Array Infinity Int32Array Map Math NaN Number Object Readonly Record String Tensor Uint32Array WeightName
  Weights globalThis model weightShapes w x`
    .split(/\s+/)
    .filter(Boolean),
);

/** Hands out identifiers, each once; what is taken or reserved gets an ending. */
export class Identifiers {
  readonly #taken = new Set(reserved);

  claim(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n++) name = `${wanted}_${n}`;
    this.#taken.add(name);
    return name;
  }
}
