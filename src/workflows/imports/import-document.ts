import type { ImportFormat } from "./formats.ts";
import type { Imported } from "./imported.ts";

/** A foreign document, and how it is to be understood. */
export interface ForeignDocument {
  readonly format: ImportFormat;
  /** Name of the file for places of mistakes. */
  readonly file: string;
  /** As `decodeBytes` makes it of its bytes. */
  readonly text: string;
}

/** Makes a document of ours of a foreign one. @throws UserError `bad-document` with all that cannot be taken over, and why. */
export async function importDocument({ format, file, text }: ForeignDocument): Promise<Imported> {
  switch (format) {
    case "daggy": {
      const { importDaggy } = await import("./import-daggy.ts");
      return importDaggy(file, text);
    }
    case "tasks": {
      const { importTasks } = await import("./import-tasks.ts");
      return importTasks(file, text);
    }
    default:
      return format satisfies never;
  }
}
