import { readFileSync } from "node:fs";
import { namesIn } from "../../files/look.ts";

/** What the system says of itself in files. What cannot be read says nothing. */
export interface SystemFiles {
  /** Text of the file; empty where it cannot be read. @param path absolute. */
  read(path: string): string;
  /** Names in the folder; none where it cannot be read. */
  list(path: string): readonly string[];
}

/** The files of the system below this folder; tests have folders of their own. */
export function systemFiles(root = ""): SystemFiles {
  return {
    read: (path) => {
      try {
        return readFileSync(root + path, "latin1");
      } catch {
        return "";
      }
    },
    list: (path) => namesIn(root + path),
  };
}
