/** Red, green and blue of sRGB, 0..255. */
export type Rgb = readonly [red: number, green: number, blue: number];

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** A colour as `#rrggbb`. */
export function rgb(hex: string): Rgb {
  const [red, green, blue] = [1, 3, 5].map(at => Number.parseInt(hex.slice(at, at + 2), 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

const CUBE_STEPS = [0, 95, 135, 175, 215, 255] as const;

/** One of xterm's 256 colours from 16 on: a cube of 6x6x6, then 24 greys (256colres.pl of xterm). */
export function fixedRgb(number: number): Rgb {
  if (number >= 232) {
    const grey = 8 + 10 * (number - 232);
    return [grey, grey, grey];
  }
  const step = (of: number) => CUBE_STEPS[Math.floor((number - 16) / of) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}

function linear([red, green, blue]: Rgb): Vector {
  const one = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return [one(red), one(green), one(blue)];
}

function times(matrix: Matrix, [x, y, z]: Vector): Vector {
  const row = ([a, b, c]: Vector) => a * x + b * y + c * z;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** How many times as bright the brighter of two colours is, 1..21: the contrast ratio of WCAG 2.2. */
export function contrast(one: Rgb, other: Rgb): number {
  const luminance = (colour: Rgb) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [darker = 0, brighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (brighter + 0.05) / (darker + 0.05);
}

export const VISIONS = ['usual', 'protan', 'deutan', 'tritan'] as const;
export type Vision = (typeof VISIONS)[number];

/**
 * How linear colours are seen by eyes that lack one kind of cones: Machado, Oliveira and Fernandes, "A Physiologically-based
 * Model for Simulation of Color Vision Deficiency" (2009), severity 1.0.
 */
const SEEN: Readonly<Record<Vision, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const XYZ_OF_SRGB: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const D65: Vector = [0.95047, 1, 1.08883];

function labOf(linearRgb: Vector): Vector {
  const [x, y, z] = times(XYZ_OF_SRGB, linearRgb);
  const f = (value: number) => (value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116);
  const [fx, fy, fz] = [f(x / D65[0]), f(y / D65[1]), f(z / D65[2])];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** How different two colours look to such eyes, by CIEDE2000: 1 is about what can just be told, 10 is seen at a glance. */
export function difference(one: Rgb, other: Rgb, vision: Vision): number {
  const seen = (colour: Rgb) => {
    const [red, green, blue] = times(SEEN[vision], linear(colour));
    const within = (value: number) => Math.min(1, Math.max(0, value));
    return labOf([within(red), within(green), within(blue)]);
  };
  return ciede2000(seen(one), seen(other));
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const hue = (a: number, b: number) => {
  return a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
};
/** Of a chroma: what grows to 1 where it is far from grey. */
const saturation = (chroma: number) => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));

/** Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula" (2005), with all weights 1. */
export function ciede2000([l1, a1, b1]: Vector, [l2, a2, b2]: Vector): number {
  const stretch = 1 + 0.5 * (1 - saturation((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [c1, c2] = [Math.hypot(stretch * a1, b1), Math.hypot(stretch * a2, b2)];
  const [h1, h2] = [hue(stretch * a1, b1), hue(stretch * a2, b2)];
  const hasHues = c1 * c2 !== 0;
  const apart = Math.abs(h1 - h2) > 180;
  const turn = hasHues && apart ? Math.sign(h1 - h2) * 360 : 0;
  const dh = hasHues ? h2 - h1 + turn : 0;
  const [dL, dC, dH] = [l2 - l1, c2 - c1, 2 * Math.sqrt(c1 * c2) * Math.sin(radians(dh / 2))];
  const [lMean, cMean] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const hMean = meanHue(h1, h2, hasHues);
  const t =
    1 -
    0.17 * Math.cos(radians(hMean - 30)) +
    0.24 * Math.cos(radians(2 * hMean)) +
    0.32 * Math.cos(radians(3 * hMean + 6)) -
    0.2 * Math.cos(radians(4 * hMean - 63));
  const turning = 30 * Math.exp(-(((hMean - 275) / 25) ** 2));
  const lightness = dL / (1 + (0.015 * (lMean - 50) ** 2) / Math.sqrt(20 + (lMean - 50) ** 2));
  const chroma = dC / (1 + 0.045 * cMean);
  const tone = dH / (1 + 0.015 * cMean * t);
  const rotation = -Math.sin(radians(2 * turning)) * 2 * saturation(cMean);
  return Math.sqrt(lightness ** 2 + chroma ** 2 + tone ** 2 + rotation * chroma * tone);
}

function meanHue(h1: number, h2: number, hasHues: boolean): number {
  if (!hasHues) return h1 + h2;
  if (Math.abs(h1 - h2) <= 180) return (h1 + h2) / 2;
  return h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
}
