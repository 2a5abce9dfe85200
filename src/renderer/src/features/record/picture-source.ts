import OpenSeadragon from 'openseadragon'
import { mediaUrl } from '../../api/media.ts'

/** What an image job of OpenSeadragon offers to the source that loads it. */
interface PictureJob {
  readonly src: string
  readonly userData: { picture?: HTMLImageElement }
  finish(picture: HTMLImageElement, request: null, type: 'image'): void
  fail(message: string, request: null): void
}

/**
 * One picture in two sizes as OpenSeadragon sees it: level 0 is the screen-size picture, which is there at once, level 1 the full one,
 * fetched when somebody zooms in so far that it shows more. Both are one tile; coordinates are those of the full picture.
 */
export function pictureSource(sha256: string, full: { width: number; height: number }, screen: HTMLImageElement): OpenSeadragon.TileSource {
  const scale = Math.min(1, Math.max(screen.naturalWidth, screen.naturalHeight) / Math.max(full.width, full.height))
  const maxLevel = scale < 1 ? 1 : 0
  return new OpenSeadragon.TileSource({
    width: full.width,
    height: full.height,
    tileWidth: full.width,
    tileHeight: full.height,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel,
    getLevelScale: (level: number) => (level === maxLevel ? 1 : scale),
    getNumTiles: () => new OpenSeadragon.Point(1, 1),
    getTileBounds: () => new OpenSeadragon.Rect(0, 0, 1, full.height / full.width),
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
}
