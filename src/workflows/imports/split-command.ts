/**
 * The words of a `commandString`: blanks part them, quotes keep them together, and a backslash takes what follows as it is, but not
 * within single quotes. No shell reads it. Undefined for a quote that is not closed.
 */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i);
    const next = text.charAt(i + 1);
    const isEscape = letter === "\\" && next !== "" && (quote === "" || (quote === '"' && /["\\]/.test(next)));
    if (isEscape) {
      word = (word ?? "") + next;
      i++;
    } else if (quote === letter) {
      quote = "";
    } else if (quote === "" && (letter === '"' || letter === "'")) {
      quote = letter;
      word ??= "";
    } else if (quote === "" && /\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
