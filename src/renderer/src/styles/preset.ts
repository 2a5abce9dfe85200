import { definePreset } from '@primeuix/themes'
import base from '@primeuix/themes/aura/base'
import button from '@primeuix/themes/aura/button'
import checkbox from '@primeuix/themes/aura/checkbox'
import dialog from '@primeuix/themes/aura/dialog'
import inputtext from '@primeuix/themes/aura/inputtext'
import progressbar from '@primeuix/themes/aura/progressbar'
import radiobutton from '@primeuix/themes/aura/radiobutton'
import select from '@primeuix/themes/aura/select'
import selectbutton from '@primeuix/themes/aura/selectbutton'
import slider from '@primeuix/themes/aura/slider'
import textarea from '@primeuix/themes/aura/textarea'
import toast from '@primeuix/themes/aura/toast'
import togglebutton from '@primeuix/themes/aura/togglebutton'
import tooltip from '@primeuix/themes/aura/tooltip'

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

const toggle = {
  root: {
    background: 'var(--field)',
    checkedBackground: 'var(--field)',
    hoverBackground: 'var(--hover)',
    borderColor: 'var(--field-line)',
    checkedBorderColor: 'var(--field-line)',
    color: 'var(--text)',
    hoverColor: 'var(--text)',
    checkedColor: 'var(--text)'
  },
  content: { checkedBackground: 'var(--selected)', checkedShadow: 'none' },
  icon: { color: 'var(--text)', hoverColor: 'var(--text)', checkedColor: 'var(--text)' }
}
const slide = { handle: { content: { background: 'var(--panel)' } } }
const tip = { root: { background: 'var(--text)', color: 'var(--panel)' } }

/** PrimeVue in our tokens, with the components that the page takes from it. */
export const preset = definePreset(
  {
    ...base,
    components: {
      button,
      checkbox,
      dialog,
      inputtext,
      progressbar,
      radiobutton,
      select,
      selectbutton,
      slider,
      textarea,
      toast,
      togglebutton,
      tooltip
    }
  },
  {
    semantic: {
      transitionDuration: '0.1s',
      focusRing: { width: '2px', style: 'solid', color: 'var(--focus)', offset: '1px', shadow: 'none' },
      formField: {
        paddingX: '0.5rem',
        paddingY: '0.25rem',
        borderRadius: 'var(--radius)',
        focusRing: { width: '2px', style: 'solid', color: 'var(--focus)', offset: '1px', shadow: 'none' }
      },
      overlay: {
        select: { borderRadius: 'var(--radius)', shadow: 'var(--lift)' },
        popover: { borderRadius: 'var(--radius)', shadow: 'var(--lift)' },
        modal: { borderRadius: 'var(--radius)', padding: '1rem', shadow: 'var(--lift)' }
      },
      colorScheme: { light: colours, dark: colours }
    },
    components: {
      togglebutton: { colorScheme: { light: toggle, dark: toggle } },
      radiobutton: { icon: { size: '6px' } },
      slider: {
        track: { background: 'var(--field-line)', size: '4px' },
        handle: { width: '18px', height: '18px' },
        colorScheme: { light: slide, dark: slide }
      },
      tooltip: { root: { borderRadius: 'var(--radius)', padding: '6px 10px' }, colorScheme: { light: tip, dark: tip } }
    }
  }
)
