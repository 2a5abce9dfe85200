import { describe, expect, it } from 'vitest'
import { boundsOnScreen, windowOptions } from './window-options.ts'

describe('windowOptions', () => {
  it('matches the security checklist exactly', () => {
    expect(windowOptions('/app/preload.cjs', null)).toEqual({
      width: 1366,
      height: 768,
      minWidth: 1024,
      minHeight: 600,
      show: false,
      title: 'Fitxa',
      backgroundColor: '#1b1c1e',
      autoHideMenuBar: true,
      webPreferences: {
        preload: '/app/preload.cjs',
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: true
      }
    })
  })
})

describe('boundsOnScreen', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 }
  const right = { x: 1920, y: 0, width: 1920, height: 1080 }
  const bounds = { x: 100, y: 50, width: 1200, height: 800 }

  it('keeps bounds that are on a screen or across two', () => {
    expect(boundsOnScreen(bounds, [screen])).toEqual(bounds)
    const across = { ...bounds, x: 1400 }
    expect(boundsOnScreen(across, [screen, right])).toEqual(across)
  })

  it('drops bounds on a missing screen, bounds that are too small, and anything that is not bounds', () => {
    expect(boundsOnScreen({ ...bounds, x: 2500 }, [screen])).toBeNull()
    expect(boundsOnScreen({ ...bounds, width: 200 }, [screen])).toBeNull()
    for (const rubbish of [null, 'x', 3, {}, { x: 0, y: 0, width: Number.NaN, height: 5 }])
      expect(boundsOnScreen(rubbish, [screen])).toBeNull()
  })
})
