import { sentencePath } from '../../composables/sentence/useSentence'

const PREFIX = 'sentences.'

/** Sentence keys hold dots, which part levels in a catalogue: they are written with another sign there. */
export function nestable(sentences: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sentences).map(([key, text]) => [sentencePath(key).slice(PREFIX.length), text]))
}
