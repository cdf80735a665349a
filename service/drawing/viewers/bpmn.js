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
  const width = inner.width + 2 * margin;
  const height = inner.height + 2 * margin;
  stage.style.width = `${width}px`;
  stage.style.height = `${height}px`;
  canvas.resized();
  canvas.viewbox({ x: inner.x - margin, y: inner.y - margin, width, height });
  shown(width, height, warnings);
})().catch(failed);
