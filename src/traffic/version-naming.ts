/** What a person says tells the version of an answer: the value of a header, or what a pattern finds in it. */
export type VersionNaming =
  /** In lower case. */
  | { readonly kind: 'header'; readonly name: string }
  /** A regular expression: its first group, or all that it matches where it has none. */
  | { readonly kind: 'pattern'; readonly source: string };

/** Why a text is no regular expression, in the words of the engine; undefined where it is one. */
export function patternProblem(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
