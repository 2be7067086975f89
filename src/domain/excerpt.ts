const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The first hundred characters of what somebody wrote, fit for a line of a message: what cannot be seen shows as `?`. */
export function excerpt(text: string): string {
  return text.slice(0, 100).replaceAll(UNPRINTABLE, "?");
}
