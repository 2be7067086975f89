import type { ForeignForm, ImportFormat } from "./formats.ts";
import type { Imported } from "./imported.ts";

/** A foreign document, and how it is to be understood. */
export interface ForeignDocument {
  readonly format: ImportFormat;
  /** Name of the file for places of mistakes. */
  readonly file: string;
  /** As `decodeBytes` makes it of its bytes. */
  readonly text: string;
  /** How those of Stolos are understood. */
  readonly form?: Omit<ForeignForm, "format"> | undefined;
}

/** Makes a document of ours of a foreign one. @throws UserError `bad-document` with all that cannot be taken over, and why. */
export async function importDocument({ format, file, text, form }: ForeignDocument): Promise<Imported> {
  switch (format) {
    case "daggy": {
      const { importDaggy } = await import("./import-daggy.ts");
      return importDaggy(file, text);
    }
    case "stolos": {
      const { importStolos } = await import("./import-stolos.ts");
      return importStolos(file, text, form ?? {});
    }
    case "tasks": {
      const { importTasks } = await import("./import-tasks.ts");
      return importTasks(file, text);
    }
    default:
      return format satisfies never;
  }
}
