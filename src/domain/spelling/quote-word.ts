const LONGEST = 40;

/** A word of the user's as it may be shown: quoted, without control characters, and not too long. */
export function quoteWord(word: string): string {
  const quoted = JSON.stringify(word.length > LONGEST ? `${word.slice(0, LONGEST)}...` : word);
  return quoted.replace(/[\u007f-\u009f]/g, (control) => `\\u00${control.charCodeAt(0).toString(16)}`);
}
