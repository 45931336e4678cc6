import { CONSOLE_SENTENCES } from '../../../contract/console-sentences'
import { say, type Sentence } from '../../../core/observe'

/** An event in English, whoever says it: for searching and for exports. */
export const inWords = (sentence: Sentence): string => say(sentence, CONSOLE_SENTENCES)
