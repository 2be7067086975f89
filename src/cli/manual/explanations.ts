export function explanationOf(_command: string, _option: string): string | undefined {
  return undefined;
}
