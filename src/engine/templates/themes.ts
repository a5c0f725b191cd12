// What templates are about, in the order in which one would teach it.

export const themes = [
  { id: 'first', title: 'Start here', summary: 'Deep nets whose gradients vanish, and what mends them.' },
  {
    id: 'lines',
    title: 'Lines and boundaries',
    summary: 'One layer: what a weighted sum can do, and what not.',
  },
  { id: 'nets', title: 'Nets', summary: 'Hidden layers, on made-up data and on real data.' },
  { id: 'steps', title: 'Steps', summary: 'Learning rates, schedules and optimisers.' },
  { id: 'generalising', title: 'Generalising', summary: 'Over-fitting, and what holds it back.' },
  { id: 'convolution', title: 'Convolution', summary: 'Nets that know which pixels are neighbours.' },
  { id: 'sequences', title: 'Sequences', summary: 'Nets with a memory.' },
  { id: 'attention', title: 'Attention', summary: 'Nets that choose what they look at.' },
] as const;

export type ThemeId = (typeof themes)[number]['id'];
