import { plainText } from '../plain-text.ts';

/** What a person sees of a page at a glance: `"myapp v1" on blue`. Safe to draw. */
export function pageWords(html: string): string {
  const heading = textOf(html, 'h1') ?? textOf(html, 'title') ?? html.replace(/<[^>]*>/g, ' ');
  const colour = /background(?:-color)?\s*:\s*([#\w-]+)/i.exec(html)?.[1];
  return `"${plainText(heading, 60)}"${colour === undefined ? '' : ` on ${plainText(colour, 20)}`}`;
}

function textOf(html: string, element: string): string | undefined {
  const text = new RegExp(`<${element}[^>]*>([^<]*)</${element}>`, 'i').exec(html)?.[1]?.trim();
  return text === '' ? undefined : text;
}
