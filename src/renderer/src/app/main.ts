import { createPinia } from 'pinia'
import { createApp, type Plugin } from 'vue'
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '../ui/tokens.css'
import '../ui/base.css'
import '../ui/controls.css'
import { connectConsole, desktopApi } from '../bridge'
import { provideConsole } from '../composables'
import App from './App.vue'
import { paintTheme, recalled } from './appearance'
import { reportErrors } from './errors'
import { createAppI18n, setLanguage, systemLanguage } from './i18n'
import { createAppRouter } from './router'

/** The nonce of this load, for the few styles that components insert. Empty where the page is served without one. */
function nonceOfPage(): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
  return nonce && !nonce.startsWith('%') ? nonce : undefined
}

async function start(): Promise<void> {
  const { theme, language } = recalled()
  paintTheme(theme)
  const i18n = createAppI18n()
  const [client] = await Promise.all([connectConsole(), setLanguage(i18n, language === 'system' ? systemLanguage() : language)])
  const router = createAppRouter()
  const app = createApp(App, { nonce: nonceOfPage(), i18n })
  provideConsole(app, client)
  app.use(createPinia()).use(i18n as unknown as Plugin).use(router)
  reportErrors(app)
  app.mount('#app')
  desktopApi()?.onShowCluster((clusterId) => void router.push({ name: 'topology', params: { clusterId } }))
}

void start()
