/**
 * Colours as absorbances: what a stained thing takes from red, green and blue light, as natural logarithms. Things that
 * overlap add up, as they do under a microscope (Beer and Lambert's law).
 */
const STAINS = {
  // Slides vary in how much eosin the red cells took up, and cameras in how they balance white.
  lavender: { light: [252, 253, 252], haemoglobin: [0.36, 0.3, 0.11] },
  slate: { light: [253, 254, 246], haemoglobin: [0.44, 0.32, 0.24] },
  rose: { light: [253, 250, 249], haemoglobin: [0.15, 0.34, 0.3] },
};

/** @param {'lavender' | 'slate' | 'rose'} name */
export function stain(name) {
  return {
    ...STAINS[name],
    chromatin: [0.84, 1.06, 0.12],
    /** Of blasts whose nuclei take up more eosin. */
    pinkChromatin: [0.42, 0.94, 0.14],
    basophilic: [0.52, 0.36, 0.06],
    eosinophilic: [0.13, 0.24, 0.06],
    platelet: [0.34, 0.44, 0.1],
    /** Uneven illumination: the corners of a field get less light, the red of it least. */
    vignette: [0.075, 0.075, 0.02],
  };
}

/** The colour of chromatin between the usual and the pink one. */
export function mix(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}
