import { definePreset } from '@primeuix/themes'
import base from '@primeuix/themes/aura/base'
import button from '@primeuix/themes/aura/button'
import dialog from '@primeuix/themes/aura/dialog'
import progressbar from '@primeuix/themes/aura/progressbar'

/** The values of one colour scheme: all point at our own tokens (tokens.css), which know light and dark themselves. */
const colours = {
  primary: {
    color: 'var(--accent)',
    contrastColor: 'var(--on-accent)',
    hoverColor: 'var(--accent-hover)',
    activeColor: 'var(--accent-hover)'
  },
  highlight: {
    background: 'var(--selected)',
    focusBackground: 'var(--selected)',
    color: 'var(--text)',
    focusColor: 'var(--text)'
  },
  text: { color: 'var(--text)', hoverColor: 'var(--text)', mutedColor: 'var(--text-quiet)', hoverMutedColor: 'var(--text)' },
  content: {
    background: 'var(--panel)',
    hoverBackground: 'var(--hover)',
    borderColor: 'var(--line)',
    color: 'var(--text)',
    hoverColor: 'var(--text)'
  },
  formField: {
    background: 'var(--field)',
    disabledBackground: 'var(--panel)',
    borderColor: 'var(--field-line)',
    hoverBorderColor: 'var(--text-quiet)',
    focusBorderColor: 'var(--focus)',
    color: 'var(--text)',
    placeholderColor: 'var(--text-quiet)',
    iconColor: 'var(--text-quiet)',
    shadow: 'none'
  },
  overlay: {
    select: { background: 'var(--panel)', borderColor: 'var(--line)', color: 'var(--text)' },
    popover: { background: 'var(--panel)', borderColor: 'var(--line)', color: 'var(--text)' },
    modal: { background: 'var(--panel)', borderColor: 'var(--line)', color: 'var(--text)' }
  },
  list: {
    option: {
      focusBackground: 'var(--hover)',
      selectedBackground: 'var(--selected)',
      selectedFocusBackground: 'var(--selected)',
      color: 'var(--text)',
      focusColor: 'var(--text)',
      selectedColor: 'var(--text)',
      selectedFocusColor: 'var(--text)'
    }
  },
  mask: { background: 'var(--veil)', color: 'var(--text)' }
}

/** PrimeVue dressed in our tokens, with the few components that the page takes from it. */
export const preset = definePreset(
  { ...base, components: { button, dialog, progressbar } },
  {
    semantic: {
      transitionDuration: '0.1s',
      focusRing: { width: '2px', style: 'solid', color: 'var(--focus)', offset: '1px', shadow: 'none' },
      formField: { paddingX: '0.5rem', paddingY: '0.25rem', borderRadius: 'var(--radius)' },
      overlay: {
        select: { borderRadius: 'var(--radius)', shadow: 'var(--lift)' },
        popover: { borderRadius: 'var(--radius)', shadow: 'var(--lift)' },
        modal: { borderRadius: 'var(--radius)', padding: '1rem', shadow: 'var(--lift)' }
      },
      colorScheme: { light: colours, dark: colours }
    }
  }
)
