import { CONSOLE_SENTENCES } from '../../../../../contract/console-sentences'
import pages from './pages'
import screens from './screens'
import sentences from './sentences'
import shell from './shell'
import ui from './ui'

export default { ui, shell, ...screens, ...pages, sentences: { ...sentences, ...CONSOLE_SENTENCES } }
