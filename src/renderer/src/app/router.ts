import { createRouter, createWebHashHistory, type Router, type RouteRecordRaw } from 'vue-router'

const pages = import.meta.glob<{ readonly default: object }>('../features/*/Page.vue')

/** A page by the name of its feature's folder. */
const page = (feature: string) => {
  const load = pages[`../features/${feature}/Page.vue`]
  return load ?? (() => import('./shell/MissingPage.vue'))
}

export const CLUSTER_PAGES = ['topology', 'consensus', 'replication', 'alerts', 'events', 'lab'] as const
export type ClusterPage = (typeof CLUSTER_PAGES)[number]

declare module 'vue-router' {
  interface RouteMeta {
    /** The page has a time of its own: the keys of time are its own, too, and not the time bar's. */
    readonly ownTime?: true
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'overview', component: () => import('./Home.vue') },
  { path: '/welcome', name: 'welcome', component: page('welcome') },
  { path: '/attach', name: 'attach', component: page('attach') },
  { path: '/clusters/:clusterId/credentials', name: 'credentials', component: page('attach'), props: true },
  { path: '/settings', name: 'settings', component: page('settings') },
  { path: '/simulator', name: 'simulator', component: page('simulator'), meta: { ownTime: true } },
  {
    path: '/clusters/:clusterId', component: () => import('./shell/ClusterFrame.vue'), props: true,
    children: [
      { path: '', redirect: (to) => ({ name: 'topology', params: to.params }) },
      ...CLUSTER_PAGES.map((name): RouteRecordRaw => ({ path: name, name, component: page(name), props: true })),
    ],
  },
  { path: '/:rest(.*)*', redirect: '/' },
]
if (import.meta.env.DEV || import.meta.env.MODE === 'gallery') routes.unshift({ path: '/gallery', name: 'gallery', component: page('gallery') })

export function createAppRouter(): Router {
  return createRouter({ history: createWebHashHistory(), routes })
}
