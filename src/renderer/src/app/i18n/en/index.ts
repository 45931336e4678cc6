import { ENGLISH } from '../../../../../core/observe'
import { CONSOLE_SENTENCES } from '../../../../../contract/console-sentences'
import failures from './failures'
import options from './options'
import pages from './pages'
import screens from './screens'
import shell from './shell'
import simulator from './simulator'
import ui from './ui'

export default { ui, shell, ...screens, ...pages, ...options, ...simulator, failures, sentences: { ...ENGLISH, ...CONSOLE_SENTENCES } }
