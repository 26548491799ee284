import stringWidth from 'string-width';

/** The text in at most so many cells: a long one loses its middle, because its ends tell it from others. */
export function cutMiddle(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const head = Array.from(text);
  const tail = head.splice(Math.ceil(head.length / 2));
  while (
    head.length + tail.length > 0 &&
    stringWidth(head.join('')) + stringWidth(tail.join('')) > columns - 1
  ) {
    if (head.length > tail.length) head.pop();
    else tail.shift();
  }
  return `${head.join('')}…${tail.join('')}`;
}
