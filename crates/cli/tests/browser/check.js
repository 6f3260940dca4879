// What is wrong with the page as a machine sees it. The body of a function: WebDriver adds the rest.
const wrong = [];
const shown = (element) => element.checkVisibility({ visibilityProperty: true });
const named = (element) => {
  const by = element.getAttribute('aria-labelledby');
  const label = by ? by.split(' ').map((id) => document.getElementById(id)?.textContent || '').join(' ')
    : element.getAttribute('aria-label') || [...(element.labels || [])].map((l) => l.textContent).join(' ') || element.textContent;
  return label.trim() !== '';
};
for (const element of document.querySelectorAll('a, button, input, select, [role=region], nav, dialog')) {
  if (shown(element) && !named(element)) wrong.push('no name: ' + element.outerHTML.slice(0, 120));
}
let level = 0;
for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
  if (!shown(heading)) continue;
  const own = Number(heading.tagName[1]);
  if (own > level + 1) wrong.push(`heading ${own} after ${level}: ${heading.textContent}`);
  level = own;
}
if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
for (const id of ids) if (ids.filter((other) => other === id).length > 1) wrong.push('twice: ' + id);
for (const a of document.querySelectorAll('a[href^="#"]')) {
  const aim = a.getAttribute('href').slice(1);
  if (!aim.includes('=') && !document.getElementById(aim)) wrong.push('leads nowhere: #' + aim);
}
for (const table of document.querySelectorAll('table')) {
  if (!table.caption) wrong.push('a table without a caption');
  for (const cell of table.tHead.rows[0].cells) if (cell.scope !== 'col') wrong.push('a heading without a scope');
}
if (document.documentElement.lang !== 'en' || !document.title) wrong.push('no language or title');

const number = (text) => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  canvas.fillStyle = text;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const kept = new Map();
const colour = (text) => { if (!kept.has(text)) kept.set(text, number(text)); return kept.get(text); };
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c /= 255, c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const own = colour(getComputedStyle(at).backgroundColor);
    if (own[3] === 255) return own;
  }
  return [255, 255, 255, 255];
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || seen.has(element) || !shown(element) || element.closest('.unseen, .skip, :disabled')) continue;
  seen.add(element);
  const [a, b] = [light(colour(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  if (contrast < 4.5) wrong.push(`contrast ${contrast.toFixed(2)}: ${element.className} ${element.textContent.slice(0, 40)}`);
}
return { wrong: [...new Set(wrong)], looked: seen.size };
