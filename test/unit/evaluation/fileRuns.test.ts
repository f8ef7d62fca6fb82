import { expect, it } from 'vitest';
import { FileRuns } from '../../../src/evaluation/fileRuns';

it('groups neighbouring numbers of one folder and name, in whatever order they come', () => {
  const runs = new FileRuns();
  const files = ['Pre/a-10.jpg', 'Pre/a-2.jpg', 'Pre/a-1.jpg', 'Pre/a-9.jpg', 'Pro/a-3.jpg', 'Pre/b-3.jpg', 'Pre/a-11.png', 'Pre/a-03.jpg', 'Pre/none.jpg'];
  files.forEach((file) => runs.add(file));
  expect(Object.fromEntries(files.map((file) => [file, runs.groupOf(file)]))).toEqual({
    'Pre/a-1.jpg': 'Pre/a-#.jpg 1',
    'Pre/a-2.jpg': 'Pre/a-#.jpg 1',
    'Pre/a-03.jpg': 'Pre/a-#.jpg 1',
    'Pre/a-9.jpg': 'Pre/a-#.jpg 9',
    'Pre/a-10.jpg': 'Pre/a-#.jpg 9',
    'Pro/a-3.jpg': 'Pro/a-#.jpg 3',
    'Pre/b-3.jpg': 'Pre/b-#.jpg 3',
    'Pre/a-11.png': 'Pre/a-#.png 11',
    'Pre/none.jpg': 'Pre/none.jpg',
  });
});

it('takes in further files after it was asked', () => {
  const runs = new FileRuns();
  runs.add('1.png');
  expect(runs.groupOf('1.png')).toBe('#.png 1');
  runs.add('0.png');
  expect(runs.groupOf('1.png')).toBe('#.png 0');
});
