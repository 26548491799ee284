/** The text with its first letter as a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Words that may begin in lower case and may end without a full stop, as a sentence of their own. */
export function sentence(words: string): string {
  const text = capital(words.trim());
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** For texts that say the same again when only their numbers move. */
export function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '');
}
