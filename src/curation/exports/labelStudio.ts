/**
 * Label Studio: a task an image, an annotation a reviewer (choices, a note, regions in per cent of the image), and a labelling configuration with the class list in `<name>.xml`.
 * `data.image` is a path for its local file storage, relative to the folder.
 */
import { writeWhole } from '../../evaluation/outFolder';
import type { Region } from '../../annotations/types';
import { labelOf, noteOf, shapeOf } from '../regions';
import { withSizes } from './coco';
import { remark, type Export, type Exported, type Provenance } from './format';
import { rowOf, type ExportOpinion } from './row';

/** The choice of a reviewer who cannot tell. */
export const UNSURE_CHOICE = 'Unsure (no class)';
export const EXCLUDED_CHOICE = 'Excluded';
/** Path of an image in Label Studio's local file storage. */
export const LOCAL_FILES = '/data/local-files/?d=';

export async function exportLabelStudio(options: Export): Promise<Exported> {
  const { images, provenance, out } = options;
  let unknown = 0;
  const sized = await withSizes(images, options);
  const tasks = sized.map(({ image, width, height }, i) => {
    const { opinions, ...row } = rowOf(image);
    unknown += opinions.reduce((sum, { regions }) => sum + regions.filter((region) => !shapeOf(region)).length, 0);
    return {
      id: i + 1,
      data: { image: `${LOCAL_FILES}${encodeURIComponent(image.path)}`, ...row },
      meta: { researchUse: provenance.researchUse, software: provenance.software, reviewers: opinions.map(({ reviewer }) => reviewer) },
      annotations: opinions.map((opinion) => ({ result: resultsOf(opinion, { width, height }), was_cancelled: false, ground_truth: false })),
    };
  });
  const config = `${out.replace(/\.json$/i, '')}.xml`;
  const about = `${out.replace(/\.json$/i, '')}.about.json`;
  await writeWhole(out, `${JSON.stringify(tasks)}\n`);
  await writeWhole(config, configOf(provenance));
  await writeWhole(about, `${JSON.stringify(provenance, null, 2)}\n`);
  return { files: [out, config, about], images: tasks.length, leftOut: [...remark(images.length - tasks.length, 'images that cannot be read'), ...remark(unknown, 'regions with a selector of an unknown form')] };
}

function resultsOf({ kind, value, note, excluded, regions }: ExportOpinion, size: { readonly width: number; readonly height: number }): object[] {
  const ofImage = { to_name: 'image' };
  return [
    ...(kind === 'none' ? [] : [{ ...ofImage, from_name: 'label', type: 'choices', value: { choices: [kind === 'unsure' ? UNSURE_CHOICE : value] } }]),
    ...(excluded ? [{ ...ofImage, from_name: 'use', type: 'choices', value: { choices: [EXCLUDED_CHOICE] } }] : []),
    ...(note === null ? [] : [{ ...ofImage, from_name: 'note', type: 'textarea', value: { text: [note] } }]),
    ...regions.flatMap((region) => regionResults(region, size)),
  ];
}

function regionResults(region: Region, { width, height }: { readonly width: number; readonly height: number }): object[] {
  const shape = shapeOf(region);
  if (!shape) return [];
  const label = labelOf(region);
  const common = { id: region.id, to_name: 'image', original_width: width, original_height: height, image_rotation: 0, ...(noteOf(region) === undefined ? {} : { meta: { text: [noteOf(region)] } }) };
  const x = (pixels: number): number => (100 * pixels) / width;
  const y = (pixels: number): number => (100 * pixels) / height;
  // A region without a class is of the plain kind ('rectangle'), which has no labels.
  const of = (kind: string, value: object): object[] => [{ ...common, from_name: label === undefined ? kind : `${kind}labels`, type: label === undefined ? kind : `${kind}labels`, value: { ...value, ...(label === undefined ? {} : { [`${kind}labels`]: [label] }) } }];
  switch (shape.kind) {
    case 'point':
      return of('keypoint', { x: x(shape.x), y: y(shape.y), width: 0.5 });
    case 'box':
      return of('rectangle', { x: x(shape.x), y: y(shape.y), width: x(shape.width), height: y(shape.height), rotation: 0 });
    case 'ellipse':
      return of('ellipse', { x: x(shape.cx), y: y(shape.cy), radiusX: x(shape.rx), radiusY: y(shape.ry), rotation: 0 });
    case 'polygon':
      return of('polygon', { points: shape.points.map(([px, py]) => [x(px), y(py)]), closed: true });
  }
}

function configOf({ classes, researchUse }: Provenance): string {
  const choices = [...classes.map(({ id }) => id), UNSURE_CHOICE].map((id) => `    <Choice value="${escapeXml(id)}"/>`);
  const labels = classes.map(({ id }) => `    <Label value="${escapeXml(id)}"/>`);
  const kinds = [['Rectangle', 'rectangle'], ['Ellipse', 'ellipse'], ['Polygon', 'polygon'], ['KeyPoint', 'keypoint']];
  return [
    '<View>',
    `  <Header value="${escapeXml(researchUse)}"/>`,
    '  <Image name="image" value="$image"/>',
    '  <Choices name="label" toName="image" choice="single">',
    ...choices,
    '  </Choices>',
    '  <Choices name="use" toName="image" choice="multiple">',
    `    <Choice value="${EXCLUDED_CHOICE}"/>`,
    '  </Choices>',
    '  <TextArea name="note" toName="image"/>',
    ...kinds.flatMap(([tag, name]) => [`  <${tag}Labels name="${name}labels" toName="image">`, ...labels, `  </${tag}Labels>`, `  <${tag} name="${name}" toName="image"/>`]),
    '</View>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
