// Shows a process at its natural size with a margin all round.
(async () => {
  const margin = 24;
  const font = { fontFamily: given.font };
  const viewer = new BpmnJS({
    container: stage,
    textRenderer: { defaultStyle: font, externalStyle: font },
  });
  const { warnings } = await viewer.importXML(given.text);
  const canvas = viewer.get("canvas");
  const { inner } = canvas.viewbox();
  // A small diagram stands in the middle of the smallest picture there is.
  const width = Math.max(inner.width + 2 * margin, 480);
  const height = Math.max(inner.height + 2 * margin, 320);
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  canvas.resized();
  const x = inner.x - (width - inner.width) / 2;
  const y = inner.y - (height - inner.height) / 2;
  canvas.viewbox({ x, y, width, height });
  shown(width, height, warnings);
})().catch(failed);
