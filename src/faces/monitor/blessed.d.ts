/** The parts of blessed that the monitor uses: a terminal's cells, and its keys. */

declare module "blessed/lib/unicode.js" {
  const unicode: { charWidth(text: string | number): number };
  export default unicode;
}

declare module "blessed/lib/widgets/screen.js" {
  /** What a cell looks like, and its character. */
  export type Cell = [attribute: number, character: string];

  export interface Key {
    readonly full?: string;
    readonly ctrl?: boolean;
    readonly meta?: boolean;
  }

  export interface Program {
    flush(): void;
    destroy(): void;
    on(event: "keypress", listener: (character: string | undefined, key: Key) => void): void;
    on(event: "resize", listener: () => void): void;
  }

  interface Screen {
    readonly program: Program;
    readonly tput: { colors: number; brokenACS: boolean };
    /** What is to be shown; a row whose `dirty` is set is looked at by `draw`. */
    readonly lines: (Cell[] & { dirty: boolean })[];
    render: () => void;
    alloc(): void;
    draw(first: number, last: number): void;
    enter(): void;
    leave(): void;
    destroy(): void;
    on(event: "mouse", listener: (event: { readonly action: string }) => void): void;
  }

  interface ScreenOptions {
    readonly input: NodeJS.ReadableStream;
    readonly output: NodeJS.WriteStream;
    readonly terminal: string;
    readonly fullUnicode: boolean;
    readonly forceUnicode: boolean;
    readonly warnings: boolean;
  }

  const Screen: new (options: ScreenOptions) => Screen;
  export default Screen;
}
