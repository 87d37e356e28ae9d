import { LINES, MIDLINE, MIRROR } from './geometry.ts';
import { portraitOf } from './portrait.ts';

const FACE = `${LINES.half.face}C223 337.6 242 323.6 255.5 308.5C269.5 292.5 276.8 274 281 253C285.2 232 286 207 285.8 185C284 120 260 66 200 62C140 66 116 120 114.2 185Z`;
const SHOULDERS =
  'M142.6 300V313C144 329 145.6 346 142.4 359C138.6 374.5 121.5 384.5 101 393V440H299V393C278.5 384.5 261.4 374.5 257.6 359C254.4 346 256 329 257.4 313V300Z';
const CLOTH =
  'M30 418C50 410 80 401 101 393C114 388 124 382.5 131 377C142 406 258 406 269 377C276 382.5 286 388 299 393C320 401 350 410 370 418V450H30Z';
const GLASSES =
  'M138 176C138 168 190 168 191 178C192 200 182 206 165 206S138 196 138 176ZM138 178L113 174M191 180C194 177 197 176.5 200 176.5';

/** Of the wall and the cloth, by tone; of the hair, by depth. */
const HUES = [178, 80, 245, 30];
const DEPTHS = ['12%', '30%', '55%', '82%'];

/**
 * The drawing of an invented face as a file of its own, always the same for the same seed. A picture, so its colours are the
 * same by day and by night: in negative a face is a ghost.
 */
export function portraitSvg(seed: string): string {
  const face = portraitOf(seed);
  const squeeze = `matrix(${face.width} 0 0 1 ${(MIDLINE * (1 - face.width)).toFixed(2)} 0)`;
  const path = (d: string | undefined, attributes = '') => (d ? `<path d="${d}"${attributes}/>` : '');
  const bothSides = (half: string) => `${half}<g transform="${MIRROR}">${half}</g>`;
  const skin = ' class="skin"';
  const thin = ' class="thin"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="40 16 320 400" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"><style>
svg{color:oklch(0.25 0.015 180);--paper:oklch(0.985 0.004 90);--hue:${HUES[face.tone]};--hair:${DEPTHS[face.depth]}}
.wall{fill:oklch(0.94 0.02 var(--hue));stroke:none}.cloth{fill:oklch(0.87 0.04 var(--hue))}.skin{fill:var(--paper)}
.hair{fill:color-mix(in oklab,currentColor var(--hair),var(--paper))}.ink{fill:currentColor;stroke:none}.thin{stroke-width:1}.patch{stroke:none}
</style><rect class="wall" x="40" y="16" width="320" height="400"/><g transform="${squeeze}">${[
    path(face.hair.back, ' class="hair"'),
    path(SHOULDERS, ' class="skin patch"'),
    bothSides(
      [
        face.covered ? '' : path(LINES.half.ear, skin) + path(LINES.half.earFold, thin),
        path(LINES.half.neck),
      ].join(''),
    ),
    path(CLOTH, ' class="cloth"'),
    path(face.collar),
    path(FACE, `${skin} stroke-width="1.8"`),
    path(face.beard, ' class="hair" fill-rule="evenodd" stroke="none"'),
    path(
      face.hair.front,
      ` class="${face.covered ? 'cloth' : 'hair'}" fill-rule="evenodd" stroke-width="1.7"`,
    ),
    path(LINES.whole.nose, ' stroke-width="1.5"'),
    path(face.smile, ' stroke-width="1.8"'),
    path(LINES.whole.lowerLip, `${thin} transform="translate(0 6)"`),
    bothSides(
      [
        path(LINES.half.upperLid, ' stroke-width="2.2"'),
        path(LINES.half.lowerLid, thin),
        path(LINES.half.crease, thin),
        path(LINES.brow, ' class="ink"'),
        `<circle class="ink" cx="${LINES.iris[0]}" cy="${LINES.iris[1] + 0.6}" r="4.6"/>`,
        face.glasses ? path(GLASSES) : '',
      ].join(''),
    ),
  ].join('')}</g></svg>`;
}
