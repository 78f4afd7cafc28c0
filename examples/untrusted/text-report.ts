// A customer's plug-in, as far as the demo is concerned: it gets a text and returns figures about it.

export interface TextReport {
  readonly words: number;
  readonly minutesToRead: number;
  readonly longestWord: string;
  readonly linesPerHeading: ReadonlyMap<string, number>;
}

const WORDS_PER_MINUTE = 200;

export default function textReport(text: string): TextReport {
  const words = text.match(/\p{L}[\p{L}'-]*/gu) ?? [];
  const linesPerHeading = new Map<string, number>();
  let heading = "";
  for (const line of text.split("\n")) {
    const title = /^#+ (.*)/.exec(line)?.[1];
    if (title !== undefined) heading = title;
    if (heading !== "") linesPerHeading.set(heading, (linesPerHeading.get(heading) ?? 0) + 1);
  }
  return {
    words: words.length,
    minutesToRead: Math.ceil(words.length / WORDS_PER_MINUTE),
    longestWord: words.reduce((longest, word) => (word.length > longest.length ? word : longest), ""),
    linesPerHeading,
  };
}
