// The part of Papa Parse that the engine uses. The published types would bring Node's globals into every layer.
declare module 'papaparse' {
  interface ParseError {
    readonly type: 'Quotes' | 'Delimiter' | 'FieldMismatch';
    readonly code: string;
    readonly message: string;
    /** Row in `data`, from 0; absent where the error is about the whole file. */
    readonly row?: number;
  }
  interface ParseResult {
    readonly data: string[][];
    readonly errors: ParseError[];
    readonly meta: { readonly delimiter: string };
  }
  const Papa: { parse(text: string, options: { delimiter: string; skipEmptyLines: false }): ParseResult };
  export default Papa;
}
