import { enableAutoUnmount, mount } from '@vue/test-utils'
import { defineComponent } from 'vue'
import { afterEach } from 'vitest'

enableAutoUnmount(afterEach)

/** Runs a composable in a component of its own, as a screen would; `leave` takes the component away, as does the end of the test. */
export function inComponent<T>(use: () => T): { used: T; leave(): void } {
  const made: { used?: T } = {}
  const wrapper = mount(defineComponent({ setup: () => ((made.used = use()), () => null) }))
  return { used: made.used as T, leave: () => wrapper.unmount() }
}
