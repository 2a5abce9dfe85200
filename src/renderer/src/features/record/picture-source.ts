import OpenSeadragon from 'openseadragon'
import { mediaUrl } from '../../api/media.ts'

/** What an image job of OpenSeadragon offers to the source that loads it. */
interface PictureJob {
  readonly src: string
  readonly userData: { picture?: HTMLImageElement }
  finish(picture: HTMLImageElement, request: null, type: 'image'): void
  fail(message: string, request: null): void
}

/** A picture for the viewer; `wantFull` lets it fetch the full size from now on. */
export interface PictureSource {
  readonly source: OpenSeadragon.TileSource
  readonly sha256: string
  /** Pixels of the screen-size picture per pixel of the full one; 1 where the full one is not larger. */
  readonly screenScale: number
  wantFull(): void
}

/**
 * One picture in two sizes as OpenSeadragon sees it: level 0 is the screen-size picture, which is there at once, level 1 the full one.
 * Level 1 is offered only once it is wanted: the library takes levels for powers of two and would fetch it for small windows
 * too. Both levels are one tile; coordinates are those of the full picture.
 */
export function pictureSource(sha256: string, full: { width: number; height: number }, screen: HTMLImageElement): PictureSource {
  const screenScale = Math.min(1, Math.max(screen.naturalWidth, screen.naturalHeight) / Math.max(full.width, full.height))
  const source = new OpenSeadragon.TileSource({
    width: full.width,
    height: full.height,
    tileWidth: full.width,
    tileHeight: full.height,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: 0,
    getLevelScale: (level: number) => (level === 0 ? screenScale : 1),
    getNumTiles: () => new OpenSeadragon.Point(1, 1),
    getTileUrl: (level: number) => mediaUrl(sha256, level === 0 ? 'screen' : 'full'),
    downloadTileStart: (job: PictureJob) => {
      if (job.src === mediaUrl(sha256, 'screen')) return job.finish(screen, null, 'image')
      const picture = new Image()
      job.userData.picture = picture
      picture.src = job.src
      // Decoded before it is drawn: a large picture must not stop the page.
      picture.decode().then(
        () => job.finish(picture, null, 'image'),
        () => job.fail('the full picture could not be loaded', null)
      )
    },
    downloadTileAbort: (job: PictureJob) => {
      if (job.userData.picture) job.userData.picture.src = ''
    }
  } as unknown as OpenSeadragon.TileSourceOptions)
  return {
    source,
    sha256,
    screenScale,
    wantFull: () => {
      if (screenScale < 1) source.maxLevel = 1
    }
  }
}

/**
 * The library puts a style sheet of its own into the page if it does not find it, which the content security policy refuses.
 * An empty one with the page's nonce replaces it; the outline that it would remove on touch screens stays.
 */
export function standInForLibraryStyle(): void {
  if (document.querySelector('style[data-openseadragon-mobile-css]') !== null) return
  const style = document.createElement('style')
  style.nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''
  style.dataset['openseadragonMobileCss'] = 'true'
  document.head.append(style)
}
