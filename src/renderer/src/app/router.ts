import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { useWorkingSet } from '../composables/useWorkingSet.ts'
import { hasCatalogue } from './session.ts'

/**
 * Screens by name; `title` is the key of the heading under which screen readers and the window's title name it. Only those
 * `withoutCatalogue` can be entered while none is open.
 */
const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    meta: { title: 'frame.home', withoutCatalogue: true },
    component: () => import('../features/home/HomeScreen.vue')
  },
  { path: '/import', name: 'import', meta: { title: 'frame.import' }, component: () => import('../features/import/ImportScreen.vue') },
  { path: '/sheet', name: 'sheet', meta: { title: 'frame.sheet' }, component: () => import('../features/sheet/SheetScreen.vue') },
  {
    path: '/record/:id(\\d+)',
    name: 'record',
    meta: { title: 'frame.record' },
    component: () => import('../features/record/RecordScreen.vue')
  },
  {
    path: '/inventory',
    name: 'inventory',
    meta: { title: 'inventory.screen' },
    component: () => import('../features/inventory/InventoryScreen.vue')
  },
  { path: '/export', name: 'export', meta: { title: 'frame.export' }, component: () => import('../features/export/ExportScreen.vue') },
  {
    path: '/models',
    name: 'models',
    meta: { title: 'models.screen', withoutCatalogue: true },
    component: () => import('../features/models/ModelsScreen.vue')
  },
  { path: '/history', name: 'history', meta: { title: 'history.title' }, component: () => import('../features/history/HistoryScreen.vue') },
  { path: '/:rest(.*)', redirect: '/' }
]

/** The screens of the window, under the part of the address behind `#`: no shell has to know them. */
export function createScreens() {
  const router = createRouter({ history: createWebHashHistory(), routes })
  router.beforeEach((to) => to.meta['withoutCatalogue'] === true || hasCatalogue() || { name: 'home' })
  // However a record was reached (from a report, by address), it becomes part of the set that J and K walk through.
  router.afterEach((to) => {
    if (to.name === 'record') useWorkingSet().visit(Number(to.params['id']))
  })
  return router
}
